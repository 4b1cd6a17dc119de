"""Whether what was found answers the question: a probability from what the search saw, calibrated on the gold questions."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

from assistant.evidence import holds
from assistant.selecting import Candidate
from assistant.understanding import Understanding
from index.search import Searcher

CALIBRATION_PATH = Path(__file__).with_name("calibration.json")
_BEST = 5  # clauses looked at


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against an answer being there, over the best clauses found.

    coverage: how much of the question's telling words a clause holds; similarity, asked: cosine with a
    clause's words and with a question written for it; asked_mean: the latter over all of them;
    keyword: BM25; unknown: the share of the question's words that no clause has; kind: whether the kind
    of thing asked for is there; length: of the question, in log words.
    """

    coverage: float
    similarity: float
    asked: float
    asked_mean: float
    keyword: float
    unknown: float
    kind: float
    length: float


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
    """The signs of a question and what was found for it; all 0 where nothing was."""
    best = ranked[:_BEST]
    terms = understanding.terms
    if not best:
        return Signs(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, math.log1p(len(terms)))
    return Signs(
        coverage=max(candidate.coverage for candidate in best),
        similarity=max(candidate.vector_score for candidate in best),
        asked=max(candidate.question_score for candidate in best),
        asked_mean=sum(candidate.question_score for candidate in best) / len(best),
        keyword=max(candidate.keyword_score for candidate in best) / 10,
        unknown=sum(term not in searcher.term_counts for term in terms) / max(1, len(terms)),
        kind=float(any(holds(understanding.intent, candidate.clause.full_text) for candidate in best)),
        length=math.log1p(len(terms)),
    )


def confidence(searcher: Searcher, understanding: Understanding, ranked: Sequence[Candidate]) -> Confidence:
    """How sure it is that the clauses found answer the question."""
    seen = signs(searcher, understanding, ranked)
    calibration = load_calibration()
    score = calibration.bias + sum(w * s for w, s in zip(calibration.weights, astuple(seen), strict=True))
    return Confidence(1.0 / (1.0 + math.exp(-score)) if ranked else 0.0, calibration.threshold, seen)


def is_unsure(sure: Confidence) -> bool:
    """Whether an answer should say that it may not be what was asked."""
    return sure.answered and sure.score < load_calibration().unsure


@cache
def load_calibration() -> Calibration:
    values = json.loads(CALIBRATION_PATH.read_text("utf-8"))
    return Calibration(tuple(values["weights"]), values["bias"], values["threshold"], values["unsure"])
