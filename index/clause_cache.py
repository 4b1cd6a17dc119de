"""What every question reads again of the record, kept in memory while the record stays as it is.

Reading clauses and vectors anew cost a third of the time of a search.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from corpus.models import Clause
from index.embedding import Vectors
from index.record import Record

_T = TypeVar("_T")
_MOST_CLAUSES = 8_000  # of each: some 16 MB of clauses, 16 MB of vectors


class ClauseCache:
    """Clauses and the vectors of their own words, by clause id. Thread-safe.

    A change to the record, by this process or another, raises its generation: all is then read anew.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._generation = -1
        self._lock = threading.Lock()
        self._clauses: dict[str, Clause] = {}
        self._vectors: dict[str, Vectors] = {}

    def clauses(self, ids: Iterable[str]) -> dict[str, Clause]:
        """The clauses of these ids; unknown ids are absent."""
        return self._get(self._clauses, list(dict.fromkeys(ids)), self._record.clauses)

    def nearness(self, vector: Vectors, clause_ids: Iterable[str]) -> dict[str, float]:
        """Cosine similarity of a unit vector, shape (dimension,), with the nearest of each clause's own passages."""
        own = self._get(self._vectors, list(dict.fromkeys(clause_ids)), self._record.own_vectors)
        if not own:
            return {}
        sizes = [len(passages) for passages in own.values()]
        # In double precision and rounded, it is the same in every process.
        similarities = np.concatenate(list(own.values())).astype(np.float64) @ vector.astype(np.float64)
        starts = np.concatenate([[0], np.cumsum(sizes[:-1])]).astype(int)
        best = np.maximum.reduceat(similarities, starts)
        return {id_: round(float(nearest), 9) for id_, nearest in zip(own, best, strict=True)}

    def _get(
        self, kept: dict[str, _T], ids: Sequence[str], read: Callable[[Sequence[str]], Mapping[str, _T]]
    ) -> dict[str, _T]:
        """What is kept of these ids, and what is read of the others and kept then."""
        generation = self._record.generation
        with self._lock:
            if generation != self._generation:
                self._clauses.clear()
                self._vectors.clear()
                self._generation = generation
            found = {id_: kept[id_] for id_ in ids if id_ in kept}
        missing = [id_ for id_ in ids if id_ not in found]
        if missing:
            new = read(missing)
            with self._lock:
                if self._generation == generation:
                    if len(kept) + len(new) > _MOST_CLAUSES:
                        kept.clear()
                    kept.update(new)
            found |= new
        return {id_: found[id_] for id_ in ids if id_ in found}
