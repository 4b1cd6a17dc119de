"""What tests of every room share: the ten-clause corpus with a fake embedder, and the real index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from corpus.models import Document
from index.embedding import PACKAGED_MODEL, Embedder, Progress, Vectors, load_embedder
from index.search import Searcher
from index.store import Store
from tests.index.fakes import HashingEmbedder, ten_clauses

REPOSITORY = Path(__file__).parent.parent
MODELS = REPOSITORY / ".data" / "models"  # exporting the model takes 20 s, so it is kept


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def shipped() -> list[Document]:
    """Ten clauses in three documents."""
    return ten_clauses()


@pytest.fixture
def make_store(tmp_path: Path, embedder: HashingEmbedder) -> Iterator[Callable[..., Store]]:
    """Opens the data directory of the test, each time as a new process would."""
    opened: list[Store] = []

    def make(with_embedder: Embedder | None = None, *, data_dir: Path = tmp_path / "data") -> Store:
        opened.append(Store(data_dir, load_embedder=lambda: with_embedder or embedder))
        return opened[-1]

    yield make
    for store in opened:
        if store._record is not None:
            store._record.close()


@pytest.fixture
def store(make_store: Callable[..., Store]) -> Store:
    """A store with nothing in it yet."""
    return make_store()


@pytest.fixture(scope="session")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """Over the ten clauses: read it, do not change it."""
    store = Store(tmp_path_factory.mktemp("ten-clauses"), load_embedder=HashingEmbedder)
    store.build(ten_clauses())
    yield store.searcher()
    store.record.close()


@pytest.fixture(scope="session")
def real_embedder() -> Embedder:
    """The model that ships with the project."""
    MODELS.mkdir(parents=True, exist_ok=True)
    return load_embedder(model_dir=MODELS)


@pytest.fixture(scope="session")
def packaged_embedder() -> Embedder:
    """The model as published, before it was trained on how staff ask."""
    MODELS.mkdir(parents=True, exist_ok=True)
    with FileLock(MODELS / "tests.lock"):
        return load_embedder(PACKAGED_MODEL, model_dir=MODELS)


class _Remembering:
    """The real embedder, which keeps what it embedded on disk: the shipped documents take it 20 s to 40 s."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._embedder = embedder
        self._path = path
        self.identity, self.max_tokens = embedder.identity, embedder.max_tokens
        self.count_tokens, self.embed_query = embedder.count_tokens, embedder.embed_query

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        known: dict[str, Vectors] = {}
        if self._path.exists():
            with np.load(self._path) as kept:
                known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
        new = [text for text in texts if text not in known]
        if new:
            known |= dict(zip(new, self._embedder.embed_documents(new, progress=progress), strict=True))
            np.savez(self._path, texts=np.array(list(known)), vectors=np.array(list(known.values())))
        return np.array([known[text] for text in texts], np.float32)


@pytest.fixture(scope="session")
def real_store(real_embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The shipped documents in the real index, made once for all workers: read it, do not change it."""
    from corpus.library import shipped_documents

    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    model = real_embedder.identity.checksum[:12]
    embedder = _Remembering(real_embedder, MODELS / f"tests-{model}.npz")
    store = Store(root / "real-index", load_embedder=lambda: embedder)
    with FileLock(root / "real-index.lock"):
        store.build(shipped_documents())
    yield store
    store.record.close()


@pytest.fixture(scope="session")
def real_searcher(real_store: Store) -> Searcher:
    return real_store.searcher()
