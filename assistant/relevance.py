"""How likely a clause belongs in the answer: everything that is known of it, weighed by a model that is data.

evals/train_relevance.py fits the weights on labelled questions written for training (relevance.json).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.understanding import Intent, Understanding
from corpus.models import ClauseKind
from index.models import SearchResult

MODEL_PATH = Path(__file__).with_name("relevance.json")
PRECEDENT = "precedent"
Matrix = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a clause that may answer.

    coverage: how much of the question's content it holds; fit: for whom and what is asked, as a factor around 1;
    fused: its search score with both; companion and same: how well, against the best, the clauses were found that
    this one goes with, or that say the same; precedent: how much it was needed for questions like this one, 0 to 1,
    None where no questions are known for its document.
    """

    result: SearchResult
    coverage: float
    fit: float
    fused: float
    companion: float = 0.0
    same: float = 0.0
    precedent: float | None = None


FEATURES = (
    "question",
    "question below best",
    "question support",
    "text",
    "text below best",
    "keyword",
    "keyword of best",
    "coverage",
    "fused",
    "fused of best",
    "rank",
    "fit",
    "companion",
    "same",
    "is a list",
    "is an item",
    "family",
    "section",
    "no question written",
    "policy",
    "best question",
    "asks for several",
    PRECEDENT,
)
_FUSED_SHARE = FEATURES.index("fused of best")
_SEVERAL = frozenset({Intent.LIST, Intent.PROCEDURE})


def features(looks: Sequence[Look], understanding: Understanding) -> Matrix:
    """One row a look, one column a name of FEATURES."""
    if not looks:
        return np.zeros((0, len(FEATURES)))
    best_question = max(look.result.question_score for look in looks)
    best_text = max(look.result.vector_score for look in looks)
    best_keyword = max(look.result.keyword_score for look in looks) or 1.0
    best_fused = max(look.fused for look in looks) or 1.0
    order = sorted(looks, key=lambda look: (-look.fused, look.result.clause.id))
    ranks = {look.result.clause.id: rank for rank, look in enumerate(order, start=1)}
    family, section = _of_family(looks), _of_section(looks)
    rows = []
    for look in looks:
        clause, result = look.result.clause, look.result
        rows.append(
            [
                result.question_score,
                result.question_score - best_question,
                result.question_support,
                result.vector_score,
                result.vector_score - best_text,
                result.keyword_score,
                result.keyword_score / best_keyword,
                look.coverage,
                look.fused,
                look.fused / best_fused,
                math.log(ranks[clause.id]),
                math.log(max(look.fit, 0.05)),
                look.companion,
                look.same,
                float(clause.kind is ClauseKind.LIST),
                float(clause.kind is ClauseKind.ITEM),
                family.get(clause.id, 0.0) / best_fused,
                section.get(clause.id, 0.0) / best_fused,
                float(result.question_score == 0.0),
                float(clause.document_id == "cwsw"),
                best_question,
                float(understanding.intent in _SEVERAL),
                look.precedent or 0.0,
            ]
        )
    return np.array(rows)


def _of_family(looks: Sequence[Look]) -> dict[str, float]:
    """The best fused score among the list that holds a clause and the items it holds, by clause; absent without any."""
    best: dict[str, float] = {}
    known = {look.result.clause.id: look.fused for look in looks}
    for look in looks:
        id_, parent = look.result.clause.id, look.result.clause.parent_id
        if parent in known:
            best[id_] = max(best.get(id_, 0.0), known[parent])
            best[parent] = max(best.get(parent, 0.0), look.fused)
    return best


def _of_section(looks: Sequence[Look]) -> dict[str, float]:
    """The best fused score among the others under a clause's heading, by clause; absent without any."""
    under: dict[tuple[str, tuple[str, ...]], list[Look]] = {}
    for look in sorted(looks, key=lambda look: -look.fused):
        under.setdefault((look.result.clause.document_id, look.result.clause.heading_path), []).append(look)
    best: dict[str, float] = {}
    for first, *others in under.values():
        if others:
            best[first.result.clause.id] = others[0].fused
            best |= {look.result.clause.id: first.fused for look in others}
    return best


def relevance(looks: Sequence[Look], understanding: Understanding) -> list[float]:
    """The probability of each look, in order: by what questions like it took, where any are known."""
    rows, models = features(looks, understanding), load_models()
    known = np.array([look.precedent is not None for look in looks], bool)
    found = np.zeros(len(rows))
    found[known] = models.with_precedents.probabilities(rows[known])
    found[~known] = models.without.probabilities(rows[~known])
    return [float(probability) for probability in found]


@dataclass(frozen=True, slots=True)
class Model:
    """Gradient-boosted trees as arrays of shape (trees, nodes); a leaf is a node that is its own child.

    To their logit is added what the clause's fused score is worth, as a share of the best one's: the trees know the
    questions they were fitted on better than those that staff will ask, the search does not. scale and shift make a
    probability of the sum.
    """

    feature: Indices
    threshold: Matrix
    left: Indices
    right: Indices
    value: Matrix
    baseline: float
    fused_worth: float
    scale: float
    shift: float

    def probabilities(self, rows: Matrix) -> Matrix:
        """Shape (rows,), 0 to 1."""
        if not len(rows):
            return np.zeros(0)
        trees = np.arange(len(self.feature))[None, :]
        row = np.arange(len(rows))[:, None]
        node = np.zeros((len(rows), len(self.feature)), np.int64)
        while True:
            goes_left = rows[row, self.feature[trees, node]] <= self.threshold[trees, node]
            below = np.where(goes_left, self.left[trees, node], self.right[trees, node])
            if np.array_equal(below, node):
                break
            node = below
        logit = self.baseline + self.value[trees, node].sum(axis=1) + self.fused_worth * rows[:, _FUSED_SHARE]
        result: Matrix = 1.0 / (1.0 + np.exp(-(self.scale * logit + self.shift)))
        return result


@dataclass(frozen=True, slots=True)
class Models:
    """with_precedents: for clauses of documents that judged questions are known for; without: for all others."""

    with_precedents: Model
    without: Model


@cache
def load_models(path: Path = MODEL_PATH) -> Models:
    """Both models. Raises ValueError where they were fitted for other features."""
    values = json.loads(path.read_text("utf-8"))
    if values["features"] != list(FEATURES):
        raise ValueError(f"{path.name} was fitted for other features; run `python -m evals.train_relevance`")
    return Models(_model(values["with precedents"]), _model(values["without"]))


def _model(values: Mapping[str, Any]) -> Model:
    return Model(
        feature=np.array(values["feature"], np.int64),
        threshold=np.array(values["threshold"]),
        left=np.array(values["left"], np.int64),
        right=np.array(values["right"], np.int64),
        value=np.array(values["value"]),
        baseline=float(values["baseline"]),
        fused_worth=float(values["fused_worth"]),
        scale=float(values["scale"]),
        shift=float(values["shift"]),
    )
