"""kill -9 at any moment: what was acknowledged is whole and answerable, nothing is half there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.errors import IndexNotBuiltError
from index.models import SearchMode
from index.store import Store
from tests.conftest import REPOSITORY
from tests.index.killed_writer import version

ROUNDS = 9
LONGEST_CHANGE = 0.5  # seconds


class Writer:
    """The process that changes the index, a round at a time (killed_writer.py)."""

    def __init__(self, data_dir: Path) -> None:
        command = [sys.executable, "-m", "tests.index.killed_writer", str(data_dir)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=REPOSITORY
        )

    def killed_after(self, changes: int, seconds: float, *, first: int) -> list[str]:
        """What a round told before it was killed, so many seconds after so many changes."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{first}\n")
        told = list(self._until("pid "))
        pid = int(told[-1].split()[1])
        while sum(line.startswith("done") for line in told) < changes:
            told += self._until("done")
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        told += self._until("dead")
        return [line for line in told if line.startswith("do")]

    def _until(self, start: str) -> Iterator[str]:
        assert self._process.stdout is not None
        line = ""
        while not line.startswith(start):
            line = self._process.stdout.readline().strip()
            assert line, "the writer ended by itself"
            assert start == "dead" or line != "dead", "the round ended by itself"
            yield line

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    writer = Writer(tmp_path / "data")
    yield writer
    writer.end()


def test_a_killed_writer_loses_nothing_and_leaves_nothing_half(
    writer: Writer, make_store: Callable[..., Store]
) -> None:
    chance = random.Random()  # other moments each time; what is asserted holds for all
    expected: dict[str, int] = {}  # document to the change that wrote it; 0 where it was removed
    interrupted = 0
    for turn in range(ROUNDS):
        # The first rounds fall into the making of the record.
        changes = chance.randrange(3) if turn > 2 else 0
        told = writer.killed_after(changes, chance.uniform(0, LONGEST_CHANGE), first=1 + 1000 * turn)
        open_change: tuple[str, int] | None = None
        for line in told:
            state, document_id, number = line.split()
            if state == "done":
                expected[document_id], open_change = int(number), None
            else:
                open_change = (document_id, int(number))
        interrupted += open_change is not None
        check(make_store(), expected, open_change)
    assert interrupted > ROUNDS // 2


def check(store: Store, expected: dict[str, int], open_change: tuple[str, int] | None) -> None:
    """Also settles in `expected` whether the interrupted change was made."""
    try:
        searcher = store.searcher()
    except IndexNotBuiltError:
        assert not any(expected.values())
        return
    held = {summary.document.id for summary in store.record.documents()}
    if open_change is not None:
        document_id, number = open_change
        made = store.record.document(document_id) == version(document_id, number) if document_id in held else not number
        if made:
            expected[document_id] = number
    assert held == {document_id for document_id, number in expected.items() if number}
    for document_id in held:
        document = version(document_id, expected[document_id])
        assert store.record.document(document_id) == document
        for clause in document.clauses:
            for mode in (SearchMode.KEYWORD, SearchMode.VECTOR):
                assert searcher.search(clause.text, mode=mode, top_k=1)[0].clause == clause
    versions = {term: count for term, count in store.record.term_counts().items() if term.startswith("version")}
    assert versions == {f"version{number}x": 4 for number in expected.values() if number}
    assert set(searcher.vectors.collection.get(include=[])["ids"]) == {
        f"{passage.clause_id}#{passage.number}" for passage in store.record.all_passages()
    }
    searcher.vectors.close()
