"""Questions judged before, with what it took to answer them: a new question like some of them takes much the same.

A second clause that an answer is incomplete without often shares nothing with the question's words: that a foster
child is sent home to "cool off" concerns the call to the virtual school as well. That it was needed before says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

NEAREST = 30
SHARPNESS = 0.03  # of cosine: a wording so much further off counts a third
WELCOME = 0.2  # what a clause worth reading beside the answer counts, against one that is needed


@dataclass(frozen=True)
class Precedents:
    """What each judged wording took. clauses: the ids that the others count by; starts: of each wording, in `taken` and
    `needed`, where its own begin (one more at the end); taken: numbers of clauses; needed: or merely welcome."""

    clauses: tuple[str, ...]
    starts: NDArray[np.int32]
    taken: NDArray[np.int16]
    needed: NDArray[np.bool_]

    @staticmethod
    def of(answers: Sequence[tuple[Sequence[str], Sequence[str]]]) -> Precedents:
        """From what each wording needed, and what was welcome beside it, as clause ids."""
        clauses = tuple(sorted({id_ for needed, welcome in answers for id_ in (*needed, *welcome)}))
        number = {id_: place for place, id_ in enumerate(clauses)}
        return Precedents(
            clauses,
            np.cumsum([0, *(len(needed) + len(welcome) for needed, welcome in answers)]).astype(np.int32),
            np.array([number[id_] for both in answers for ids in both for id_ in ids], np.int16),
            np.array([first for both in answers for first, ids in zip((True, False), both, strict=True) for _ in ids]),
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def documents(self) -> frozenset[str]:
        """Those of whose clauses anything is known here."""
        return frozenset(id_.partition("/")[0] for id_ in self.clauses)

    def support(self, likeness: NDArray[np.float32], *, leave_out: Sequence[int] = ()) -> dict[str, float]:
        """Of the nearest judged wordings, weighed by likeness, the share that took each clause: 0 to 1, by clause id.

        likeness: the cosine with each wording, shape (wordings,). leave_out: the places of some that do not count.
        """
        if not len(self):
            return {}
        known = likeness.copy()
        known[list(leave_out)] = -1.0
        nearest = np.argpartition(known, -min(NEAREST, len(known)))[-NEAREST:]
        weights = np.exp((known[nearest] - known[nearest].max()) / SHARPNESS)
        weights /= weights.sum()
        found: dict[str, float] = {}
        for place, weight in zip(nearest.tolist(), weights.tolist(), strict=True):
            span = slice(int(self.starts[place]), int(self.starts[place + 1]))
            for number, needed in zip(self.taken[span].tolist(), self.needed[span].tolist(), strict=True):
                id_ = self.clauses[number]
                found[id_] = found.get(id_, 0.0) + weight * (1.0 if needed else WELCOME)
        return found

    def arrays(self) -> Mapping[str, NDArray[np.generic]]:
        """As they are stored, by name."""
        return {
            "precedent clauses": np.array(self.clauses, np.str_),
            "precedent starts": self.starts,
            "precedent taken": self.taken,
            "precedent needed": self.needed,
        }

    @staticmethod
    def read(arrays: Mapping[str, NDArray[np.generic]]) -> Precedents:
        """What arrays() stored."""
        return Precedents(
            tuple(map(str, arrays["precedent clauses"])),
            arrays["precedent starts"].astype(np.int32),
            arrays["precedent taken"].astype(np.int16),
            arrays["precedent needed"].astype(np.bool_),
        )
