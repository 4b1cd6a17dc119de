"""Run as a child process: can this Chroma folder be opened and queried? Exit status 0 if so."""

from __future__ import annotations

import sys
from pathlib import Path

from index.snapshot import COLLECTION, _client


def main(folder: str) -> int:
    collection = _client(Path(folder)).get_collection(COLLECTION, embedding_function=None)
    sample = collection.peek(1)
    embeddings = sample["embeddings"]
    if collection.count() and (embeddings is None or len(embeddings) == 0):
        return 1
    if embeddings is not None and len(embeddings):
        found = collection.query(query_embeddings=[embeddings[0]], n_results=min(10, collection.count()))
        return 0 if found["ids"][0] else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
