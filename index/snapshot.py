"""The Chroma collection that search reads: derived from the record, disposable, never changed in place.

Each change of the record makes a new folder beside the old one and publishes it by one rename; no folder
name is used twice. It starts from a copy of the last one, where that is whole, so that a change costs what
it changes. A reader keeps the folder it opened; a killed writer leaves no half folder under a published
name. What was damaged from outside is found before it is opened in this process.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.collection import (
    COLLECTION,
    Progress,
    Start,
    continue_collection,
    database_is_sound,
    document_states,
    fill_collection,
    open_client,
)
from index.embedding import EmbedderIdentity, Vectors
from index.errors import IndexStoreError
from index.passages import passage_of
from index.record import Record

if TYPE_CHECKING:
    import chromadb

log = logging.getLogger(__name__)
_MANIFEST = "manifest.json"
_FORMAT = 2  # raise it when folders are written differently, so that old ones are built anew
_PROBE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published folder. generation: of the record it was built from."""

    path: Path
    generation: int


def snapshot_for(root: Path, record: Record, embedder: EmbedderIdentity) -> Snapshot | None:
    """The snapshot of the record's present state; None where it is missing or not as it was written."""
    generation, documents = record.generation, document_states(record)
    for snapshot, manifest in _published(root, embedder):
        # The documents too: a record that was moved away and made again counts from 1 again.
        if (snapshot.generation, manifest["documents"]) == (generation, documents) and (
            _as_written(snapshot) or _accepted(snapshot)
        ):
            return snapshot
    return None


def latest_snapshot(root: Path, embedder: EmbedderIdentity) -> Snapshot | None:
    """The newest whole snapshot of this embedder, for a reader that must not wait for a writer."""
    return next((snapshot for snapshot, _ in _published(root, embedder) if _as_written(snapshot)), None)


def build_snapshot(
    root: Path, record: Record, embedder: EmbedderIdentity, *, progress: Progress | None = None
) -> Snapshot:
    """Build and publish the snapshot of the record's present generation; remove those before the last.

    progress is told of each passage written. Raises IndexStoreError where the folder cannot be written.
    """
    from chromadb.errors import ChromaError

    generation, documents = record.generation, document_states(record)
    target = root / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}-{_key(embedder)}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".building-", dir=root))
        try:
            stale = _fill(building / "chroma", latest_snapshot(root, embedder), record, progress)
            manifest = {
                "format": _FORMAT,
                "generation": generation,
                "embedder": str(embedder),
                "stale": stale,
                "documents": documents,
                "files": _files(building / "chroma"),
                "checksums": _checksums(building / "chroma"),
            }
            _write_manifest(building, manifest)
            building.replace(target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except (OSError, ChromaError) as error:
        reason = " ".join(str(error).split())
        raise IndexStoreError(
            f"the documents are recorded, but their vector index could not be written ({reason}); "
            f"make room or give write permission in {root}, then run `assistant index build`"
        ) from error
    _remove_old(root, keep=target)
    return Snapshot(target, generation)


def doubt(snapshot: Snapshot) -> None:
    """Have the folder examined before it is opened again."""
    manifest = _manifest(snapshot.path)
    if manifest:
        _write_manifest(snapshot.path, {**manifest, "files": {"in doubt": [0, 0]}})


@dataclass(frozen=True, slots=True)
class Nearest:
    """Clause ids with the cosine similarity of the nearest of their own passages, and of their questions.

    support: the mean similarity of the three nearest questions of a clause; one not among the nearest passages
    counts as the furthest of these.
    """

    words: Mapping[str, float]
    questions: Mapping[str, float]
    support: Mapping[str, float]


class VectorSearch:
    """An open snapshot: nearest passages to a vector. Thread-safe.

    renewed: gives a whole snapshot where the open one turns out damaged, or its folder is gone.
    """

    def __init__(self, snapshot: Snapshot, *, renewed: Callable[[], Snapshot] | None = None) -> None:
        self._renewed = renewed
        self._renewing = threading.Lock()
        try:
            self._opened = _Opened(snapshot)
        except Exception as error:
            self._opened = self._renew(snapshot, error)

    @property
    def generation(self) -> int:
        return self._opened.snapshot.generation

    @property
    def collection(self) -> chromadb.Collection:
        """The Chroma collection, for LlamaIndex's ChromaVectorStore."""
        return self._opened.collection

    def search(self, vector: Vectors, *, limit: int, where: dict[str, Any] | None = None) -> Nearest:
        """The clauses nearest to a vector, by their words and by the questions written for them."""
        opened = self._opened
        try:
            return opened.nearest(vector, limit, where)
        except Exception as error:
            with self._renewing:
                if self._opened is opened:
                    self._opened = self._renew(opened.snapshot, error)
            return self._opened.nearest(vector, limit, where)

    def close(self) -> None:
        self._opened.client.close()

    def _renew(self, snapshot: Snapshot, error: Exception) -> _Opened:
        """Open a whole snapshot instead: another one, or the same where the error is not the folder's."""
        from chromadb.errors import ChromaError

        if self._renewed is None or not isinstance(error, ChromaError):
            raise error
        log.info("the vector index %s is examined (%s)", snapshot.path.name, error)
        try:
            doubt(snapshot)
        except OSError as reason:
            raise IndexStoreError(
                f"the vector index {snapshot.path} cannot be opened, nor written to ({reason.strerror}); "
                "give write permission there, or set ASSISTANT_DATA_DIR to a folder you may write to"
            ) from error
        return _Opened(self._renewed())


class _Opened:
    """A snapshot with its Chroma client and collection."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.client = open_client(snapshot.path / "chroma")
        self.collection = self.client.get_collection(COLLECTION, embedding_function=None)

    def nearest(self, vector: Vectors, limit: int, where: dict[str, Any] | None) -> Nearest:
        found = self.collection.query(
            query_embeddings=[np.asarray(vector, np.float32)], n_results=limit, where=where, include=["distances"]
        )
        distances = (found["distances"] or [[]])[0]
        by_words: dict[str, float] = {}
        by_questions: dict[str, float] = {}
        several: dict[str, list[float]] = {}
        for node, distance in zip(found["ids"][0], distances, strict=True):
            passage = passage_of(node)
            best, similarity = (by_questions if passage.is_question else by_words), 1.0 - float(distance)
            best[passage.clause_id] = max(best.get(passage.clause_id, -1.0), similarity)
            if passage.is_question:
                several.setdefault(passage.clause_id, []).append(similarity)
        furthest = 1.0 - float(distances[-1]) if len(distances) else 0.0
        support = {id_: _mean_of_three(similarities, furthest) for id_, similarities in several.items()}
        return Nearest(by_words, by_questions, support)


def _mean_of_three(similarities: list[float], furthest: float) -> float:
    nearest = sorted(similarities, reverse=True)[:3]
    return (sum(nearest) + furthest * (3 - len(nearest))) / 3


def _fill(path: Path, before: Snapshot | None, record: Record, progress: Progress | None) -> int:
    """Write the collection; return how many outdated vectors lie in its graph."""
    manifest = _manifest(before.path) if before else None
    if before and manifest:
        start = Start(before.path / "chroma", manifest["documents"], manifest["stale"])
        stale = continue_collection(path, start, record, progress=progress)
        if stale is not None:
            return stale
        log.info("the vector index is built whole, not continued from %s", before.path.name)
    shutil.rmtree(path, ignore_errors=True)
    fill_collection(path, record, progress=progress)
    return 0


def _published(root: Path, embedder: EmbedderIdentity) -> Iterator[tuple[Snapshot, Mapping[str, Any]]]:
    """The snapshots of an embedder with what they say of themselves, newest first, whole or not."""
    for path in sorted(root.glob(f"[!.]*-{_key(embedder)}"), reverse=True):
        manifest = _manifest(path)
        if manifest:
            yield Snapshot(path, manifest["generation"]), manifest


def _key(embedder: EmbedderIdentity) -> str:
    return hashlib.sha256(repr(embedder).encode()).hexdigest()[:12]


def _graph(path: Path) -> dict[str, Path]:
    """The files of vectors and of the graph among them, by name: damaged, they may kill the process that reads them.

    The database is not among them: opening it writes to it, and what is wrong with it shows as an error that
    VectorSearch mends.
    """
    files = (file for file in sorted(path.rglob("*")) if file.is_file() and ".sqlite3" not in file.name)
    return {str(file.relative_to(path)): file for file in files}


def _files(path: Path) -> dict[str, list[int]]:
    """Size and time of each file of the graph."""
    return {name: [file.stat().st_size, file.stat().st_mtime_ns] for name, file in _graph(path).items()}


def _checksums(path: Path) -> dict[str, str]:
    sums = {}
    for name, file in _graph(path).items():
        with file.open("rb") as opened:
            sums[name] = hashlib.file_digest(opened, "blake2b").hexdigest()[:32]
    return sums


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        manifest = dict(json.loads((folder / _MANIFEST).read_text("utf-8")))
    except (OSError, ValueError):
        return None
    return manifest if manifest.get("format") == _FORMAT else None


def _write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Whole or not at all: a reader may be looking."""
    path = folder / _MANIFEST
    new = path.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(manifest, indent=1), "utf-8")
    new.replace(path)


def _as_written(snapshot: Snapshot) -> bool:
    manifest = _manifest(snapshot.path)
    return manifest is not None and manifest.get("files") == _files(snapshot.path / "chroma")


def _accepted(snapshot: Snapshot) -> bool:
    """Whether a folder that was touched (copied, restored, doubted) holds what was written; noted if so."""
    manifest = _manifest(snapshot.path)
    chroma = snapshot.path / "chroma"
    if manifest is None or not (
        manifest["checksums"] == _checksums(chroma) and database_is_sound(chroma) and _probe(chroma)
    ):
        log.warning("the vector index %s is damaged; it is made again from the record", snapshot.path.name)
        return False
    with suppress(OSError):  # a folder that cannot be written to is examined each time
        _write_manifest(snapshot.path, {**manifest, "files": _files(chroma)})
    return True


def _probe(chroma: Path) -> bool:
    """Whether a child process can open and query the folder: a damaged one may take its process with it."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", "index.probe", str(chroma.resolve())],
            capture_output=True,
            timeout=_PROBE_SECONDS,
            cwd=Path(__file__).parent.parent,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return child.returncode == 0


def _remove_old(root: Path, *, keep: Path) -> None:
    """Remove all but this snapshot and the one before it, which a reader may still have open."""
    published = sorted(path for path in root.iterdir() if not path.name.startswith("."))
    before = [path for path in published if path != keep][-1:]
    for path in root.iterdir():
        if path != keep and path not in before:
            shutil.rmtree(path, ignore_errors=True)
