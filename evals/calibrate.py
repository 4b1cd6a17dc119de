"""Fit when to abstain, on the development split: `python -m evals.calibrate` writes assistant/calibration.json.

Logistic regression over assistant.abstaining.Signs, answerable against unanswerable questions. The
threshold is the highest that still answers 95% of the answerable questions of the cross-validation:
a needless refusal sends staff away from a clause that would have helped.
"""

from __future__ import annotations

import json
from dataclasses import astuple, fields

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.abstaining import CALIBRATION_PATH, Signs, signs
from assistant.selecting import candidates
from assistant.understanding import understand
from evals.dataset import Kind, Split, load_gold, of_kind
from evals.run import open_store

_ANSWERED_SHARE, _SURE_SHARE = 0.95, 0.75
_PENALTY = 0.001
_NAMES = [field.name for field in fields(Signs)]
_FOR = {"nearest", "kind"}
_AGAINST = {"unknown"}


def main() -> None:
    matrix, answerable = data(Split.DEV)
    predicted = cross_validated(matrix, answerable)
    threshold = float(np.quantile(predicted[answerable == 1], 1 - _ANSWERED_SHARE))
    unsure = float(np.quantile(predicted[answerable == 1], 1 - _SURE_SHARE))
    refused = (predicted[answerable == 0] < threshold).mean()
    doubted = (predicted[answerable == 0] < unsure).mean()
    print(f"cross-validated at {threshold:.3f}: {refused:.1%} of the unanswerable refused, {doubted:.1%} or doubted")
    weights, bias = fit(matrix, answerable)
    values = {
        "weights": [round(float(weight), 5) for weight in weights],
        "bias": round(bias, 5),
        "threshold": round(threshold, 4),
        "unsure": round(unsure, 4),
    }
    CALIBRATION_PATH.write_text(json.dumps(values, indent=1) + "\n", "utf-8")


def fit(matrix: NDArray[np.float64], answerable: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of a logistic model, both classes counting alike, each sign weighed only the way it can speak.

    Without that bound the model learns what is peculiar to the gold: its unanswerable questions share the
    documents' words on purpose, its answerable ones avoid them.
    """
    share = np.where(answerable == 1, 0.5 / (answerable == 1).sum(), 0.5 / (answerable == 0).sum())

    def loss(parameters: NDArray[np.float64]) -> float:
        margin = (matrix @ parameters[:-1] + parameters[-1]) * np.where(answerable == 1, 1.0, -1.0)
        return float((share * np.logaddexp(0.0, -margin)).sum() + _PENALTY * (parameters[:-1] ** 2).sum())

    bounds = [(0.0, None) if name in _FOR else (None, 0.0) if name in _AGAINST else (0.0, 0.0) for name in _NAMES]
    found = minimize(loss, np.zeros(len(_NAMES) + 1), method="L-BFGS-B", bounds=[*bounds, (None, None)])
    return found.x[:-1], float(found.x[-1])


def cross_validated(
    matrix: NDArray[np.float64], answerable: NDArray[np.int64], *, folds: int = 8
) -> NDArray[np.float64]:
    """The probability of each row by a model fitted without it."""
    fold = np.random.default_rng(0).permutation(len(matrix)) % folds
    predicted = np.zeros(len(matrix))
    for number in range(folds):
        weights, bias = fit(matrix[fold != number], answerable[fold != number])
        predicted[fold == number] = 1 / (1 + np.exp(-(matrix[fold == number] @ weights + bias)))
    return predicted


def data(split: Split) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The signs of every answerable (1) and unanswerable (0) question of a split, a row each."""
    searcher = open_store().searcher()
    rows, labels = [], []
    for question in of_kind(load_gold(), Kind.ANSWERABLE, Kind.UNANSWERABLE, split=split):
        mended = searcher.speller.mend(question.asked[-1])
        understanding = understand(mended, vocabulary=searcher.vocabulary, school=question.school)
        rows.append(astuple(signs(searcher, understanding, candidates(searcher, understanding))))
        labels.append(int(question.kind is Kind.ANSWERABLE))
    return np.array(rows), np.array(labels)


if __name__ == "__main__":
    main()
