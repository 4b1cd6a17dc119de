"""Many people chatting at once: `python -m benchmarks.load`. Each speaks to the page as its browser does.

A person opens the page, then asks a question every five seconds, follow-ups among them, over Gradio's own
queue. Measured: from pressing Ask to the first words of the answer. Checked: that every answer is whole, and
that each conversation holds the person's own questions and nobody else's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

PAUSE = 5.0  # seconds between an answer and the next question
LEVELS = (1, 10, 25, 50, 100)
_SCHOOLS = ("Bushey Meads School", "Hartsbourne Primary School", "Little Reddings Primary School", "Not sure")
_ANSWER = re.compile(r'id=\\"answer-([\w-]+)')
_QUESTIONS = (
    "what must I do before suspending a CLA pupil?",
    "how often is a PEP reviewed?",
    "and who reviews it?",
    "who is the designated teacher?",
    "what is pupil premium plus for?",
    "what is the capital of france?",
    "can an exclusion be cancelled?",
    "a boy in yr 4 just told me his dad hits him",
)


@dataclass
class Measured:
    """Seconds to the first words and to the whole answer, for every question of a level; what went wrong."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Person:
    """One browser session. mark: a number in every question that only this person types."""

    def __init__(self, client: httpx.AsyncClient, number: int, measured: Measured, *, pause: float) -> None:
        self._client = client
        self._mark = f"q{number:04d}x"
        self._measured = measured
        self._pause = pause
        self._session = secrets.token_hex(6)
        self._random = random.Random(number)
        self._asked = 0
        self._seen: set[str] = set()

    async def chat(self, until: float) -> None:
        """Ask until the time is over."""
        page = (await self._client.get("/")).text
        found = re.search(r"window.gradio_config = (.*?);</script>", page, re.DOTALL)
        assert found, "the page has no configuration"
        event = asking_event(json.loads(found[1]))
        await asyncio.sleep(self._random.uniform(0, self._pause))
        school = self._random.choice(_SCHOOLS)
        order = self._random.sample(range(len(_QUESTIONS)), len(_QUESTIONS))
        while time.monotonic() < until:
            question = f"{_QUESTIONS[order[self._asked % len(order)]]} {self._mark}"
            try:
                await self._ask(event, question, school)
            except (httpx.HTTPError, AssertionError, ValueError) as error:
                self._measured.wrong.append(f"{type(error).__name__}: {error}")
            await asyncio.sleep(self._pause)

    async def _ask(self, event: int, question: str, school: str) -> None:
        self._asked += 1
        started = time.monotonic()
        body = {
            "data": [question, school, "Not sure", None, None],
            "fn_index": event,
            "session_hash": self._session,
            "event_data": None,
            "trigger_id": None,
        }
        joined = await self._client.post("/gradio_api/queue/join", json=body)
        assert joined.status_code == 200, f"join: {joined.status_code} {joined.text[:200]}"
        first, told = 0.0, ""
        address = f"/gradio_api/queue/data?session_hash={self._session}"
        async with self._client.stream("GET", address) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                told += line
                answers = set(_ANSWER.findall(line))  # the page is sent the earlier answers again as well
                if not first and answers - self._seen:
                    first = time.monotonic() - started
                self._seen |= answers
                if message["msg"] == "process_completed":
                    assert message["success"], f"not completed: {line[:300]}"
                    break
        self._measured.first.append(first)
        self._measured.whole.append(time.monotonic() - started)
        self._check(told, bool(first))

    def _check(self, told: str, answered: bool) -> None:
        marks = set(re.findall(r"q\d{4}x", told))
        assert answered, "no answer came"
        assert marks == {self._mark}, f"conversation of {self._mark} holds {sorted(marks)}"
        assert "Copy answer" in told, "the answer is not whole"


def asking_event(config: dict[str, Any]) -> int:
    """The number of the event that the Ask button and the Enter key trigger: the one with the question box."""
    components = {c["id"]: c for c in config["components"]}
    for event in config["dependencies"]:
        if event["inputs"] and components[event["inputs"][0]]["props"].get("elem_id") == "question":
            return int(event["id"])
    raise ValueError("the page has no event that asks")


async def run_level(address: str, people: int, *, seconds: float, pause: float = PAUSE) -> Measured:
    """So many people for so many seconds."""
    measured = Measured()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=people)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        until = time.monotonic() + seconds
        await asyncio.gather(*(Person(client, n, measured, pause=pause).chat(until) for n in range(people)))
    return measured


@contextmanager
def serving() -> Iterator[tuple[str, float]]:
    """A server on a free port with the data directory of the settings, and how long it took to be ready."""
    started = time.monotonic()
    command = [sys.executable, "-c", "from assistant.cli import main; main()", "serve", "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ.copy()) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if found := re.search(r"The assistant is at (http://\S+)", line):
                    yield found[1], time.monotonic() - started
                    break
        finally:
            process.terminate()
            process.wait()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all stays under; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def main() -> None:
    """Print the table of benchmarks/README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="*", default=list(LEVELS))
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    with serving() as (address, ready):
        print(f"ready after {ready:.1f} s on {os.cpu_count()} cores\n")
        print("| people | questions | first words p50 | p95 | p99 | whole answer p95 | wrong |")
        print("|---|---|---|---|---|---|---|")
        for people in given.people:
            measured = asyncio.run(run_level(address, people, seconds=given.seconds))
            first = [f"{percentile(measured.first, share):.2f} s" for share in (0.5, 0.95, 0.99)]
            whole = f"{percentile(measured.whole, 0.95):.2f} s"
            print(
                f"| {people} | {len(measured.first)} | {' | '.join(first)} | {whole} | {len(measured.wrong)} |",
                flush=True,
            )
            for wrong in sorted(set(measured.wrong))[:5]:
                print(f"  {wrong}", file=sys.stderr)


if __name__ == "__main__":
    main()
