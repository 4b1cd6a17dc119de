"""Whether what was found answers the question: a probability, calibrated on the gold questions."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

from assistant.candidates import Candidate
from assistant.evidence import holds
from assistant.understanding import Intent, Understanding
from index.search import Searcher

CALIBRATION_PATH = Path(__file__).with_name("calibration.json")
_BEST = 5  # clauses looked at
# Where a sum or an address is asked for, a clause without one is no answer, however near it is.
_NOTHING_ELSE_WILL_DO = frozenset({Intent.CONTACT, Intent.MONEY})
_CLOSE = 0.6  # of the best score: what is further off holds its sums and names for something else
_WORDS_WORTH = 0.8  # shared words say less than nearness in meaning


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against an answer being there, over the best clauses found.

    relevant: the best probability of belonging in the answer; nearest: the
    best of three looks at the same thing: cosine with a question written for a clause, cosine with the clause's
    words, and how much of the question's telling words it holds. A document that a user added has no questions
    written for it, so no one of them alone decides. unknown: the share of the question's words that no clause
    has; kind: whether the kind of thing asked for (a person, a sum, a date) is there.
    """

    relevant: float
    nearest: float
    unknown: float
    kind: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """score: how likely the question is answered by what was found, 0 to 1; threshold: from where it is answered."""

    score: float
    threshold: float
    signs: Signs

    @property
    def answered(self) -> bool:
        return self.score >= self.threshold


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model over the signs, as evals/calibrate.py fits it. unsure: below it an answer says so."""

    weights: tuple[float, ...]
    bias: float
    threshold: float
    unsure: float


def signs(searcher: Searcher, understanding: Understanding, ranked: Sequence[Candidate]) -> Signs:
    """The signs of a question and what was found for it; the least where nothing was."""
    best = ranked[:_BEST]
    terms = understanding.terms
    if not best:
        return Signs(0.0, 0.0, 1.0, 0.0)
    return Signs(
        relevant=best[0].score,
        nearest=max(max(c.question_score, c.vector_score, _WORDS_WORTH * c.coverage) for c in best),
        unknown=sum(term not in searcher.term_counts for term in terms) / max(1, len(terms)),
        kind=float(
            any(holds(understanding.intent, c.clause.full_text) for c in best if c.score >= _CLOSE * best[0].score)
        ),
    )


def confidence(searcher: Searcher, understanding: Understanding, ranked: Sequence[Candidate]) -> Confidence:
    """How sure it is that the clauses found answer the question."""
    seen = signs(searcher, understanding, ranked)
    calibration = load_calibration()
    if understanding.intent in _NOTHING_ELSE_WILL_DO and not seen.kind:
        return Confidence(0.0, calibration.threshold, seen)
    score = calibration.bias + sum(w * s for w, s in zip(calibration.weights, astuple(seen), strict=True))
    return Confidence(1.0 / (1.0 + math.exp(-score)) if ranked else 0.0, calibration.threshold, seen)


def is_unsure(sure: Confidence) -> bool:
    """Whether an answer should say that it may not be what was asked."""
    return sure.answered and sure.score < load_calibration().unsure


@cache
def load_calibration() -> Calibration:
    values = json.loads(CALIBRATION_PATH.read_text("utf-8"))
    return Calibration(tuple(values["weights"]), values["bias"], values["threshold"], values["unsure"])
