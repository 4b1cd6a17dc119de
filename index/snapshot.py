"""The Chroma collection that search reads: derived from the record, disposable, never changed in place.

Each change of the record makes a new folder beside the old one, named after the record's generation
and published by one rename. A reader keeps the folder it opened; a killed writer leaves no half folder
under a published name. What was damaged from outside is found before it is opened in this process.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.models import Document
from index.embedding import EmbedderIdentity, Vectors
from index.record import Record

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

log = logging.getLogger(__name__)
COLLECTION = "clauses"
# The defaults found 70% of the true nearest neighbours on random vectors, these all of them.
_HNSW = {"space": "cosine", "ef_construction": 400, "max_neighbors": 64, "ef_search": 400}
_MANIFEST = "manifest.json"
_BATCH = 1000
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published folder. generation: of the record it was built from."""

    path: Path
    generation: int


def snapshot_for(root: Path, generation: int, embedder: EmbedderIdentity) -> Snapshot | None:
    """The snapshot of this generation and embedder; None where it is missing or not as it was written."""
    snapshot = Snapshot(root / _name(generation, embedder), generation)
    return snapshot if _as_written(snapshot) or (_manifest(snapshot) and _probe(snapshot)) else None


def latest_snapshot(root: Path, embedder: EmbedderIdentity) -> Snapshot | None:
    """The newest whole snapshot of this embedder, for a reader that must not wait for a writer."""
    found = sorted(root.glob(f"*-{embedder.checksum[:12]}"), reverse=True) if root.is_dir() else []
    for path in found:
        snapshot = Snapshot(path, int(path.name.partition("-")[0]))
        if _as_written(snapshot):
            return snapshot
    return None


def build_snapshot(
    root: Path, record: Record, embedder: EmbedderIdentity, *, progress: Progress | None = None
) -> Snapshot:
    """Build and publish the snapshot of the record's present generation; remove those before the last."""
    generation = record.generation
    target = root / _name(generation, embedder)
    root.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=root))
    try:
        _fill(building / "chroma", record, progress)
        manifest = {"generation": generation, "embedder": str(embedder), "files": _files(building / "chroma")}
        (building / _MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        if target.exists():  # it was there, and damaged
            shutil.rmtree(target)
        os.replace(building, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _remove_old(root, keep=target)
    return Snapshot(target, generation)


class VectorSearch:
    """An open snapshot: nearest passages to a vector."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.generation = snapshot.generation
        self._client = _client(snapshot.path / "chroma")
        self._collection: Collection = self._client.get_collection(COLLECTION, embedding_function=None)

    @property
    def collection(self) -> Collection:
        """The Chroma collection, for LlamaIndex's ChromaVectorStore."""
        return self._collection

    def search(self, vector: Vectors, *, limit: int, where: dict[str, Any] | None = None) -> list[tuple[str, float]]:
        """Clause ids with the cosine similarity of their nearest passage, best first."""
        found = self._collection.query(
            query_embeddings=[np.asarray(vector, np.float32)], n_results=limit, where=where, include=["distances"]
        )
        distances = (found["distances"] or [[]])[0]
        best: dict[str, float] = {}
        for node, distance in zip(found["ids"][0], distances, strict=True):
            clause_id = node.rpartition("#")[0]
            best[clause_id] = max(best.get(clause_id, -1.0), 1.0 - float(distance))
        return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))

    def close(self) -> None:
        self._client.close()


def _fill(path: Path, record: Record, progress: Progress | None) -> None:
    from index.nodes import clause_nodes, ingest

    client = _client(path)
    try:
        collection = client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": _HNSW})  # type: ignore[typeddict-item]
        vectors: dict[str, Vectors] = {}
        by_document: dict[str, list[Any]] = {}
        for passage, vector in record.passages():
            vectors[passage.text] = vector
            by_document.setdefault(passage.clause_id.partition("/")[0], []).append(passage)
        for summary in record.documents():
            document: Document = record.document(summary.document.id)
            order = {clause.id: position for position, clause in enumerate(document.clauses)}
            mine = sorted(by_document.get(document.id, []), key=lambda p: (order[p.clause_id], p.number))
            nodes = clause_nodes(document, mine)
            for start in range(0, len(nodes), _BATCH):
                batch = nodes[start : start + _BATCH]
                ingest(batch, vectors=vectors, collection=collection)
                if progress:
                    progress(len(batch))
    finally:
        client.close()


def _client(path: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))


def _name(generation: int, embedder: EmbedderIdentity) -> str:
    return f"{generation:08d}-{embedder.checksum[:12]}"


def _files(path: Path) -> dict[str, list[int]]:
    """Size and time of each file of a collection; opening it touches the database's time, so that is 0."""
    return {
        str(file.relative_to(path)): [file.stat().st_size, 0 if file.suffix == ".sqlite3" else file.stat().st_mtime_ns]
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.name.endswith(("-wal", "-shm", "-journal"))
    }


def _manifest(snapshot: Snapshot) -> dict[str, Any] | None:
    try:
        return dict(json.loads((snapshot.path / _MANIFEST).read_text("utf-8")))
    except (OSError, ValueError):
        return None


def _as_written(snapshot: Snapshot) -> bool:
    manifest = _manifest(snapshot)
    return manifest is not None and manifest.get("files") == _files(snapshot.path / "chroma")


def _probe(snapshot: Snapshot) -> bool:
    """Whether a child process can open and query the folder: a damaged one may take its process with it."""
    child = subprocess.run(
        [sys.executable, "-m", "index.probe", str(snapshot.path / "chroma")],
        capture_output=True,
        timeout=120,
        cwd=Path(__file__).parent.parent,
        check=False,
    )
    if child.returncode != 0:
        log.warning("the vector index %s cannot be read (exit status %s)", snapshot.path.name, child.returncode)
        return False
    # Readable, if touched (copied, restored from a backup): write down how it is now.
    manifest = {**(_manifest(snapshot) or {}), "files": _files(snapshot.path / "chroma")}
    (snapshot.path / _MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
    return True


def _remove_old(root: Path, *, keep: Path) -> None:
    """Remove all but this snapshot and the one before it, which a reader may still have open."""
    published: Sequence[Path] = sorted(path for path in root.iterdir() if not path.name.startswith("."))
    before = [path for path in published if path != keep][-1:]
    for path in root.iterdir():
        if path != keep and path not in before:
            shutil.rmtree(path, ignore_errors=True)
