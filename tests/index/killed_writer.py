"""Run as a process of its own: changes an index without end, round after round, until killed.

Standard input: one line a round, the number of its first change. Standard output: "pid N" when the
round's child has started, "doing ..." and "done ..." around each of its changes, "dead" when it is gone.
The libraries are imported once, here; each round is a fork of this process.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import index.nodes  # noqa: F401  # the slow imports of the first change
from corpus.models import Document
from index.collection import open_client  # noqa: F401
from index.store import Store
from tests.index.fakes import HashingEmbedder, added

CLAUSES = 4
DOCUMENTS = 6


def version(document_id: str, number: int) -> Document:
    """A document whose every clause says which change wrote it."""
    return added(document_id, *(f"Version{number}x of {document_id} part {part}." for part in range(CLAUSES)))


def change_without_end(data_dir: Path, first: int) -> None:
    embedder, chance, number = HashingEmbedder(), random.Random(first), first
    held: set[str] = set()
    while True:
        document_id = f"guide-{chance.randrange(DOCUMENTS)}"
        store = Store(data_dir, load_embedder=lambda: embedder)
        if document_id in held and chance.random() < 0.25:
            tell(f"doing {document_id} 0")
            store.remove(document_id)
            held.discard(document_id)
            tell(f"done {document_id} 0")
        else:
            tell(f"doing {document_id} {number}")
            store.add(version(document_id, number))
            held.add(document_id)
            tell(f"done {document_id} {number}")
        number += 1


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    import chromadb  # noqa: F401

    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            change_without_end(Path(sys.argv[1]), int(line))
        tell(f"pid {pid}")
        os.waitpid(pid, 0)
        tell("dead")


if __name__ == "__main__":
    main()
