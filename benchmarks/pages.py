"""How soon the chat can be used: `python -m benchmarks.pages` prints both times and writes benchmarks/pages.md.

`make chat` on an installed checkout whose index is built: from the command to the line that names the address. Then the
first page of the running server in Debian's Chromium with an empty cache: until the question box takes typing.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

PROJECT_DIR = Path(__file__).parent.parent
ROUNDS = 5
_ADDRESS = re.compile(r"The assistant is at (http://\S+)")
_BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip


def main() -> None:
    """Measure, print, write."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Debian's Chromium is missing; install it: apt-get install -y chromium")
    ready: list[float] = []
    for _ in range(ROUNDS):
        with chatting() as (address, seconds):
            ready.append(seconds)
            if len(ready) == ROUNDS:
                usable = [first_page(address, chromium) for _ in range(ROUNDS)]
    lines = [
        f"| `make chat`, command to ready | {shown(ready)} | under 10 s |",
        f"| first page usable, warm server, empty browser cache | {shown(usable)} | under 3 s |",
    ]
    print("\n".join(lines))
    git = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    head = f"`make bench-pages`, {dt.date.today():%d %B %Y}, commit {git.stdout.strip()}, {os.cpu_count()} cores"
    table = "\n".join(["| what | median (slowest) | to reach |", "|---|---|---|", *lines])
    page = f"# How soon the chat can be used\n\n{head}, {ROUNDS} rounds each.\n\n{table}\n"
    (PROJECT_DIR / "benchmarks" / "pages.md").write_text(page, "utf-8")


def shown(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.1f} s ({max(seconds):.1f} s)"


@contextmanager
def chatting() -> Iterator[tuple[str, float]]:
    """`make chat` on a free port: its address, and the seconds until it said so."""
    started = time.monotonic()
    with subprocess.Popen(
        ["make", "chat", "PORT=0"],
        cwd=PROJECT_DIR,
        env={**os.environ, "BROWSER": "true"},  # opens nothing
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            found = _ADDRESS.search(line)
            if found:
                break
        else:
            sys.exit("`make chat` ended: " + "".join(said[-5:]))
        try:
            yield found[1], time.monotonic() - started
        finally:
            os.killpg(process.pid, signal.SIGINT)


def first_page(address: str, chromium: str) -> float:
    """Seconds from the address to a question box that takes typing, in a new browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_BROWSER)
        page = browser.new_page()
        started = time.monotonic()
        page.goto(address, wait_until="commit")
        box = page.get_by_role("textbox", name="Your question")
        box.fill("how often is a PEP reviewed?")
        seconds = time.monotonic() - started
        browser.close()
        return seconds


if __name__ == "__main__":
    main()
