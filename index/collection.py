"""Writing a Chroma collection from the record: whole, or from a copy of an earlier one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.embedding import Vectors
from index.passages import node_id
from index.record import Record

if TYPE_CHECKING:
    import chromadb
    from chromadb.api import ClientAPI
    from llama_index.core.schema import TextNode

COLLECTION = "clauses"
# The defaults found 70% of the true nearest neighbours on random vectors, these all of them. sync_threshold:
# every vector is in its file when the folder is published. By default up to 1,000 are left to the first
# reader, who then writes into the folder, 0.2 s slower, and beside other readers.
_HNSW = {"space": "cosine", "ef_construction": 400, "max_neighbors": 64, "ef_search": 400}
_HNSW |= {"sync_threshold": 1, "batch_size": 1}
_BATCH = 1000
_DATABASE = "chroma.sqlite3"
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Start:
    """A whole collection to continue from: its folder, the states of its documents, its outdated vectors."""

    path: Path
    documents: Mapping[str, str]
    stale: int


def document_states(record: Record) -> dict[str, str]:
    """What tells one state of a document from another, by its id."""
    return {summary.document.id: f"{summary.content_hash} {summary.added_at}" for summary in record.documents()}


def open_client(path: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))


def fill_collection(path: Path, record: Record, *, progress: Progress | None = None) -> None:
    """Write a collection of every passage of the record; progress is told of each passage written."""
    with closing(open_client(path)) as client:
        collection = client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": _HNSW})
        _add(collection, record, document_states(record), progress)


def continue_collection(path: Path, start: Start, record: Record, *, progress: Progress | None = None) -> int | None:
    """Copy a collection and change in it what changed since.

    Return how many vectors were taken out since it was last written whole: they go on lying in its graph.
    None where writing it whole is the better way, or the only safe one.
    """
    from chromadb.errors import ChromaError

    states = document_states(record)
    changed = [id_ for id_ in {**start.documents, **states} if start.documents.get(id_) != states.get(id_)]
    try:
        if not _copied(start.path, path):
            return None
        with closing(open_client(path)) as client:
            collection = client.get_collection(COLLECTION, embedding_function=None)
            size = collection.count()
            outdated = [id_ for id_ in changed if id_ in start.documents]
            for first in range(0, len(outdated), _BATCH):
                collection.delete(where={"document_id": {"$in": outdated[first : first + _BATCH]}})
            stale = start.stale + size - collection.count()
            if stale > size // 2:
                return None
            if progress:
                progress(collection.count())
            _add(collection, record, [id_ for id_ in changed if id_ in states], progress)
            whole = set(collection.get(include=[])["ids"]) == {node_id(p) for p in record.all_passages()}
            return stale if whole else None
    except (ChromaError, sqlite3.Error):
        return None


def database_is_sound(path: Path) -> bool:
    """Whether a collection's database can be read through."""
    try:
        with closing(_database(path)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def _copied(source: Path, target: Path) -> bool:
    """Copy a collection that readers may have open; False where its database is damaged."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sqlite3*"))
    with closing(_database(source)) as old, closing(sqlite3.connect(target / _DATABASE)) as new:
        old.backup(new)
    return database_is_sound(target)


def _database(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{(path / _DATABASE).absolute().as_uri()}?mode=ro", uri=True)


def _add(
    collection: chromadb.Collection, record: Record, document_ids: Iterable[str], progress: Progress | None
) -> None:
    """Put in the passages of documents, many at a time: each time the whole graph is written to its file."""
    from index.nodes import clause_nodes, ingest

    def batches() -> Iterator[tuple[list[TextNode], dict[str, Vectors]]]:
        nodes: list[TextNode] = []
        vectors: dict[str, Vectors] = {}
        for document_id in document_ids:
            recorded = list(record.passages(document_id))
            vectors |= {passage.text: vector for passage, vector in recorded}
            nodes += clause_nodes(record.document(document_id), [passage for passage, _ in recorded])
            if len(nodes) >= _BATCH:
                yield nodes, vectors
                nodes, vectors = [], {}
        yield nodes, vectors

    for nodes, vectors in batches():
        for start in range(0, len(nodes), _BATCH):
            batch = nodes[start : start + _BATCH]
            ingest(batch, vectors=vectors, collection=collection)
            if progress:
                progress(len(batch))
