"""Run as a child process: can this Chroma folder be opened and queried? Exit status 0 if so."""

from __future__ import annotations

import sys
from pathlib import Path

from chromadb import Collection, Where
from chromadb.api.types import Embedding

from index.collection import COLLECTION, open_client


def main(folder: str) -> int:
    collection = open_client(Path(folder)).get_collection(COLLECTION, embedding_function=None)
    if not collection.count():
        return 0
    embeddings = collection.peek(1)["embeddings"]
    if embeddings is None or len(embeddings) == 0:
        return 1
    # As search does it, without and with a filter.
    conditions: tuple[Where | None, ...] = (None, {"document_id": {"$ne": ""}})
    return 0 if all(_found(collection, embeddings[0], where) for where in conditions) else 1


def _found(collection: Collection, vector: Embedding, where: Where | None) -> bool:
    found = collection.query(query_embeddings=[vector], n_results=min(10, collection.count()), where=where)
    return bool(found["ids"][0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
