"""Questions and messages of which it is known what they are, as vectors: a new one is told by those it lies among.

evals/fit_examples.py writes examples.npz from texts written for training, with the embedder that ships. Kinds that are
as varied as what staff write have no middle that a line could be drawn around: neighbours tell them apart better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.precedents import Precedents
from index.embedding import Embedder, load_embedder
from index.search import Searcher

EXAMPLES_PATH = Path(__file__).with_name("examples.npz")
NEAREST = 5
_KEPT = 16  # likenesses to all examples of a kind: abstaining, live concerns and precedents ask for the same
# Of a logit of the live head, against a cosine; less for a turn that goes on from those before it: "she wont tell me"
# is worded like much that is live.
HEAD_WORTH, TURN_HEAD_WORTH = 0.02, 0.01
# Below this cosine a message is like none that reports a concern, though it be like the others even less ("who counts
# the canoe paddles?"): of the 4,650 live ones themselves one or two in a thousand are.
_LIKE_NONE = 0.38
Vector = NDArray[np.float32]


class Example(StrEnum):
    """What the examples are."""

    UNANSWERED = "unanswered"  # questions that nothing in the shipped documents answers
    LIVE = "live"  # messages that report a concern
    ORDINARY = "ordinary"  # messages that share their words and report none
    ASKED = "asked"  # questions that clauses answer
    TURN_ASKED = "turn-asked"  # last turns of conversations, as typed, that clauses answer
    TURN_UNANSWERED = "turn-unanswered"  # the same that nothing answers
    # Those with their topic, apart from single questions: "whats her number who is the DSL" lies near "who is the DSL",
    # and would speak against it.
    TOPIC_UNANSWERED = "topic-unanswered"


# What a message that reports nothing lies among: "where do I park in the mornings?" is no concern, though nothing
# answers it.
_NO_CONCERN = (Example.ORDINARY, Example.ASKED, Example.UNANSWERED)


@dataclass(frozen=True, slots=True)
class Head:
    """A linear model over a vector: weights of shape (dimension,), and a bias."""

    weights: Vector
    bias: float

    def logit(self, vector: Vector) -> float:
        return float(self.weights @ vector) + self.bias


@dataclass(frozen=True, slots=True)
class Examples:
    """Unit vectors by kind, each of shape (examples, axes). embedder: the checksum of what made them.

    live: tells how messages are worded that report a concern. precedents: what it took to answer those asked; of the
    last of them, as many as they are. axes: those of the embedder's space that the vectors are kept along, shape
    (dimension, axes); None where it is all of them.
    """

    embedder: str
    vectors: Mapping[Example, Vector]
    live: Head
    precedents: Precedents = field(default_factory=lambda: Precedents.of([]))
    axes: Vector | None = None
    _latest: dict[tuple[Example, bytes], Vector] = field(default_factory=dict, compare=False, repr=False)

    def likeness(self, kind: Example, vector: Vector) -> Vector:
        """The cosine with every example of a kind, shape (examples,). The latest are kept; not to be changed."""
        key = kind, vector.tobytes()
        known = self._latest.get(key)
        if known is None:
            if len(self._latest) >= _KEPT:
                self._latest.clear()
            known = self._latest[key] = self.vectors[kind] @ self._kept(vector)
        return known

    def _kept(self, vector: Vector) -> Vector:
        """A vector as the examples are kept."""
        return vector if self.axes is None else along(self.axes, vector)

    def support(self, vector: Vector, *, leave_out: Sequence[int] = ()) -> dict[str, float]:
        """How much was each clause needed for questions like this one, 0 to 1, by clause id. leave_out: places among
        those asked."""
        likeness = self.likeness(Example.ASKED, vector)
        first = len(likeness) - len(self.precedents)
        return self.precedents.support(likeness[first:], leave_out=[place - first for place in leave_out])

    def nearness(self, kind: Example, vector: Vector, *, leave_out: Sequence[int] = ()) -> float:
        """The mean cosine of the five nearest examples, -1 to 1. leave_out: the places of some that do not count."""
        return _mean_of_nearest(np.delete(self.likeness(kind, vector), list(leave_out)))

    def nearer_to_asked(
        self, vector: Vector, *, leave_out: Mapping[Example, Sequence[int]] = MappingProxyType({})
    ) -> float:
        """How much nearer a question lies to those that clauses answer than to those that nothing answers."""
        return self._nearer(Example.ASKED, [Example.UNANSWERED], vector, leave_out)

    def topic_nearer_to_asked(
        self, vector: Vector, *, leave_out: Mapping[Example, Sequence[int]] = MappingProxyType({})
    ) -> float:
        """The same of a turn with its topic, turns with their topic being among what nothing answers."""
        return self._nearer(Example.ASKED, [Example.UNANSWERED, Example.TOPIC_UNANSWERED], vector, leave_out)

    def turn_nearer_to_asked(
        self, vector: Vector, *, leave_out: Mapping[Example, Sequence[int]] = MappingProxyType({})
    ) -> float:
        """The same of a turn as it was typed, without its topic, among such turns: "whats her number" is answered after
        nothing that the documents say, "how soon" after much."""
        return self._nearer(Example.TURN_ASKED, [Example.TURN_UNANSWERED], vector, leave_out)

    def _nearer(
        self, kind: Example, than: Sequence[Example], vector: Vector, leave_out: Mapping[Example, Sequence[int]]
    ) -> float:
        others = [np.delete(self.likeness(one, vector), list(leave_out.get(one, ()))) for one in than]
        near = self.nearness(kind, vector, leave_out=leave_out.get(kind, ()))
        return near - _mean_of_nearest(np.concatenate(others))

    def concern(self, vector: Vector, *, head_worth: float = HEAD_WORTH) -> float:
        """How much nearer a message lies to those that report a concern than to the others: about -0.5 to 0.5; -1 for
        one that is like none of them. head_worth: of a logit of the live head."""
        live = self.nearness(Example.LIVE, vector)
        if live < _LIKE_NONE:
            return -1.0
        others = np.concatenate([self.likeness(kind, vector) for kind in _NO_CONCERN])
        return live - _mean_of_nearest(others) + head_worth * self.live.logit(self._kept(vector))


def _mean_of_nearest(similarity: Vector) -> float:
    return float(np.partition(similarity, -NEAREST)[-NEAREST:].mean())


def knows_examples(searcher: Searcher) -> bool:
    """Whether the examples were made by the embedder in use: vectors of two embedders are not to be compared."""
    return searcher.embedder.identity.checksum == load_examples().embedder


@cache
def own_embedder() -> Embedder:
    """The embedder that ships and made the examples: for where the index was built with another."""
    return load_embedder(model_dir=EXAMPLES_PATH.parent)


@cache
def load_examples(path: Path = EXAMPLES_PATH) -> Examples:
    with np.load(path, allow_pickle=False) as stored:
        return Examples(
            str(stored["embedder"]),
            {kind: unit(stored[kind.value]) for kind in Example},
            Head(stored["live head"], float(stored["live bias"])),
            Precedents.read(stored),
            stored.get("axes"),
        )


def write_examples(path: Path, examples: Examples) -> None:
    arrays: dict[str, NDArray[Any]] = {kind.value: packed(vectors) for kind, vectors in examples.vectors.items()}
    arrays |= {"embedder": np.array(examples.embedder), "live head": examples.live.weights}
    arrays |= {"live bias": np.array(examples.live.bias, np.float32), **examples.precedents.arrays()}
    arrays |= {} if examples.axes is None else {"axes": examples.axes}
    np.savez_compressed(path, allow_pickle=False, **arrays)


def along(axes: Vector, vectors: Vector) -> Vector:
    """Vectors along fewer axes, of length 1 again; shape (dimension,) or (rows, dimension) to as many of axes."""
    kept: Vector = vectors @ axes
    length: Vector = np.linalg.norm(kept, axis=-1, keepdims=True)
    kept /= np.maximum(length, np.float32(1e-12))
    return kept


def packed(vectors: Vector) -> NDArray[np.int8]:
    """One byte a number: what that loses is far below what sets two questions apart."""
    bytes_: NDArray[np.int8] = np.round(vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True))).astype(np.int8)
    return bytes_


def unit(stored: NDArray[np.int8]) -> Vector:
    """Packed vectors, of length 1 again."""
    vectors = stored.astype(np.float32)
    length: Vector = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / length
