"""Fit when to abstain: `python -m evals.calibrate` writes assistant/calibration.json.

Logistic models over assistant.abstaining.Signs. Answerable: questions written for training with every clause
judged; unanswerable: near misses and questions that nothing answers; all of them unseen by the embedder, each without
itself among the examples.
The threshold is the highest that still answers a given share of the answerable ones in cross-validation: a needless
refusal sends staff away from a clause that would have helped. What it does to the development split is printed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, fields

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from assistant.abstaining import CALIBRATION_PATH, Signs, signs
from assistant.candidates import candidates
from assistant.conversation import names_others_only
from assistant.safety import Concern
from assistant.turns import Turns
from assistant.understanding import understand
from evals.dataset import Kind, Split, load_gold, of_kind
from evals.fit_examples import Asked, labelled, labels_of, turns, unanswered, unseen_places
from evals.opening import open_store
from evals.training_data import load_turn_concerns
from index.search import Searcher

_ANSWERED_SHARE, _SURE_SHARE = 0.989, 0.93
# Turns with their topic are harder to tell: at the shares above a third of what nothing answers would be answered.
_TURNS_ANSWERED_SHARE, _TURNS_SURE_SHARE = 0.975, 0.9
_PENALTY = 0.0003
_NAMES = [field.name for field in fields(Signs)]
# Measured on the development split (evals/README.md). Fitted, it comes out far lower: questions of one hand are told
# apart by everything alike, those of others by what they lie among.
NEARER_WORTH = 50.0
_AGAINST = {"unknown"}
_EVERYWHERE = ["relevant", "nearest", "unknown", "kind"]  # what also holds for documents that a user added
# What tells whether a turn that was read with its topic is answered: of the clauses found the topic says more than it.
_OF_TURNS = ["nearer", "turn_nearer", "turn"]
Rows = NDArray[np.float64]
Labels = NDArray[np.int64]


def main() -> None:
    """Fit, print, write."""
    searcher = open_store().searcher()
    asked = questions()
    rows, labels = data(searcher, asked), labels_of(asked)
    gold = [
        Asked(question.question, kind is Kind.ANSWERABLE)
        for kind in (Kind.ANSWERABLE, Kind.UNANSWERABLE)
        for question in of_kind(load_gold(), kind, split=Split.DEV)
    ]
    checked, due = data(searcher, gold), labels_of(gold)
    values = {
        "shipped": calibrated(rows, labels, checked, due, nearer_worth=NEARER_WORTH),
        "added": calibrated(rows, labels, checked, due, nearer_worth=0.0),
        "turns": calibrated_turns(searcher),
    }
    CALIBRATION_PATH.write_text(json.dumps(values, indent=1) + "\n", "utf-8")
    tell_last_turns(searcher)


def questions() -> list[Asked]:
    """What the embedder has not seen of the judged questions, near misses and questions that nothing answers; of the
    held-out documents there is none, nor any turn with its topic."""
    with_topic = {one.text for one in turns()}
    asked = (one for one in (*labelled(), *unanswered()) if one.unseen and not one.held_out)
    return [one for one in asked if one.text not in with_topic]


def calibrated(rows: Rows, labels: Labels, checked: Rows, due: Labels, *, nearer_worth: float) -> dict[str, object]:
    """A logistic model over the signs, as assistant.abstaining.Calibration; its figures are printed.

    nearer_worth: what the sign "nearer" adds to the logit of the others, before the sum is made a probability.
    """
    columns = [_NAMES.index(name) for name in _EVERYWHERE]
    nearer = _NAMES.index("nearer")
    unseen = cross_validated(rows[:, columns], labels) + nearer_worth * rows[:, nearer]
    scaling = LogisticRegression(C=1e6, class_weight="balanced").fit(unseen[:, None], labels)
    scale, shift = float(scaling.coef_[0, 0]), float(scaling.intercept_[0])
    weights, bias = fit(rows[:, columns], labels)
    named = dict(zip(_EVERYWHERE, (scale * weights).tolist(), strict=True))
    named |= {"nearer": scale * nearer_worth} if nearer_worth else {}
    predicted = _probability(scale * unseen + shift)
    threshold = float(np.quantile(predicted[labels == 1], 1 - _ANSWERED_SHARE))
    unsure = float(np.quantile(predicted[labels == 1], 1 - _SURE_SHARE))
    print({name: round(weight, 2) for name, weight in named.items()}, round(scale * bias + shift, 2))
    print(f"{int(labels.sum())} answerable, {int((1 - labels).sum())} unanswerable; cross-validated:")
    _tell(predicted, labels, threshold, unsure)
    print("development split:")
    seen = checked[:, columns] @ weights + bias + nearer_worth * checked[:, nearer]
    _tell(_probability(scale * seen + shift), due, threshold, unsure)
    return {
        "weights": {name: round(weight, 5) for name, weight in named.items()},
        "bias": round(scale * bias + shift, 5),
        "threshold": round(threshold, 4),
        "unsure": round(unsure, 4),
    }


def calibrated_turns(searcher: Searcher) -> dict[str, object]:
    """The same for turns that were read with their topic, on the conversations that the embedder has not seen, each
    without all that its conversation brought to the examples."""
    known = searcher.vocabulary  # a turn that only names another school or other pupils is told as its question is
    asked = [one for one in turns() if one.unseen and not names_others_only(one.turn, known)]
    rows, labels = data(searcher, asked)[:, [_NAMES.index(name) for name in _OF_TURNS]], labels_of(asked)
    model = LogisticRegression(C=1e3, class_weight="balanced")
    predicted = cross_val_predict(model, rows, labels, cv=8, method="predict_proba")[:, 1]
    threshold, unsure = np.quantile(predicted[labels == 1], [1 - _TURNS_ANSWERED_SHARE, 1 - _TURNS_SURE_SHARE])
    model.fit(rows, labels)
    weights = dict(zip(_OF_TURNS, model.coef_[0].round(5).tolist(), strict=True))
    print(f"turns: {weights}, {int(labels.sum())} answerable, {int((1 - labels).sum())} unanswerable; cross-validated:")
    _tell(predicted, labels, threshold, unsure)
    return {
        "weights": weights,
        "bias": round(float(model.intercept_[0]), 5),
        "threshold": round(float(threshold), 4),
        "unsure": round(float(unsure), 4),
    }


def tell_last_turns(searcher: Searcher) -> None:
    """Print how many last turns set off the alarm, of those that report a concern and of those that do not."""
    pairs = load_turn_concerns()
    for kind, told in (("live", [one.live for one in pairs]), ("ordinary", [one.ordinary for one in pairs])):
        after = [(*one.turns, last) for one, last in zip(pairs, told, strict=True)]
        escalated = [Turns(turns, searcher).concern() is Concern.LIVE for turns in after]
        print(f"last turns, {kind}: {np.mean(escalated):.1%} of {len(after)} escalated")


def _probability(logits: Rows) -> Rows:
    probabilities: Rows = 1 / (1 + np.exp(-logits))
    return probabilities


def _tell(predicted: Rows, labels: Labels, threshold: float, unsure: float) -> None:
    for name, limit in (("refused", threshold), ("refused or doubted", unsure)):
        under = predicted < limit
        print(f"  under {limit:.3f}: {under[labels == 0].mean():.1%} of the unanswerable {name}, ", end="")
        print(f"{under[labels == 1].mean():.1%} of the answerable")


def fit(matrix: Rows, answerable: Labels) -> tuple[Rows, float]:
    """Weights and bias of a logistic model, both classes counting alike, each sign weighed only the way it can speak.

    Without that bound the model learns what is peculiar to the questions it is fitted on.
    """
    share = np.where(answerable == 1, 0.5 / (answerable == 1).sum(), 0.5 / (answerable == 0).sum())

    def loss(parameters: Rows) -> float:
        margin = (matrix @ parameters[:-1] + parameters[-1]) * np.where(answerable == 1, 1.0, -1.0)
        return float((share * np.logaddexp(0.0, -margin)).sum() + _PENALTY * (parameters[:-1] ** 2).sum())

    bounds = [(None, 0.0) if name in _AGAINST else (0.0, None) for name in _EVERYWHERE]
    found = minimize(loss, np.zeros(len(bounds) + 1), method="L-BFGS-B", bounds=[*bounds, (None, None)])
    return found.x[:-1], float(found.x[-1])


def cross_validated(matrix: Rows, answerable: Labels, *, folds: int = 8) -> Rows:
    """The logit of each row by a model fitted without it."""
    fold = np.random.default_rng(0).permutation(len(matrix)) % folds
    predicted = np.zeros(len(matrix))
    for number in range(folds):
        weights, bias = fit(matrix[fold != number], answerable[fold != number])
        predicted[fold == number] = matrix[fold == number] @ weights + bias
    return predicted


def data(searcher: Searcher, asked: Sequence[Asked]) -> Rows:
    """The signs of each question, a row each, in the order of assistant.abstaining.Signs."""
    found, unseen = [], unseen_places()
    for one in track(asked, "Searching"):
        understanding = understand(searcher.speller.mend(one.text), vocabulary=searcher.vocabulary)
        ranked = candidates(searcher, understanding, leave_out=unseen if one.unseen else ())
        turn = searcher.speller.mend(one.turn) if one.turn else ""
        found.append(astuple(signs(searcher, understanding, ranked, turn=turn, leave_out=one.places)))
    return np.array(found)


if __name__ == "__main__":
    main()
