"""Made-up clauses for growth: the words of the real corpus, as often as they stand there, and random vectors."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np

from corpus.identifiers import fingerprint
from corpus.models import Authority, Clause, ClauseKind, Document
from index.embedding import Embedder, EmbedderIdentity, Progress, Vectors

_CLAUSES_A_DOCUMENT = 1000


def documents(count: int, words: Mapping[str, int], *, seed: int = 0) -> list[Document]:
    """Documents of 1,000 clauses each, count clauses in all; about 45 words a clause."""
    chooser = random.Random(seed)
    vocabulary, weights = list(words), list(words.values())
    made: list[Document] = []
    for start in range(0, count, _CLAUSES_A_DOCUMENT):
        document_id = f"synthetic-{start:06d}"
        clauses = tuple(
            _clause(document_id, number, chooser.choices(vocabulary, weights, k=chooser.randint(20, 70)))
            for number in range(min(_CLAUSES_A_DOCUMENT, count - start))
        )
        made.append(Document(document_id, document_id, "nobody", Authority.LOCAL, "made up", clauses=clauses))
    return made


def _clause(document_id: str, number: int, words: Sequence[str]) -> Clause:
    text = " ".join(words).capitalize() + "."
    return Clause(
        f"{document_id}/{number}",
        document_id,
        ClauseKind.PARAGRAPH,
        text,
        (f"Part {number // 50}",),
        f"paragraph {number}",
        fingerprint(text),
        number=str(number),
    )


class RandomVectors:
    """Questions are embedded by the real model, clauses by chance: search costs what it would with real ones."""

    def __init__(self, real: Embedder) -> None:
        self._real = real
        self._random = np.random.default_rng(0)

    @property
    def identity(self) -> EmbedderIdentity:
        return EmbedderIdentity("random", self._real.identity.dimension, "0" * 64)

    @property
    def max_tokens(self) -> int:
        return self._real.max_tokens

    def count_tokens(self, text: str) -> int:
        return len(text) // 6  # no clause here comes near the limit; counting 100,000 would be the benchmark

    def embed_query(self, text: str) -> Vectors:
        return self._real.embed_query(text)

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        vectors = self._random.standard_normal((len(texts), self.identity.dimension)).astype(np.float32)
        if progress:
            progress(len(texts))
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
