"""Fit when to abstain: `python -m evals.calibrate` writes assistant/calibration.json.

Logistic regression over assistant.abstaining.Signs. Answerable: questions written for training with every clause
judged; unanswerable: near misses and questions that nothing answers.
The threshold is the highest that still answers 98.5% of the answerable ones in cross-validation: a needless refusal
sends staff away from a clause that would have helped. What it does to the gold of the development split is printed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, fields

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.optimize import minimize

from assistant.abstaining import CALIBRATION_PATH, Signs, signs
from assistant.candidates import candidates
from assistant.understanding import understand
from evals.dataset import Kind, Split, load_gold, of_kind
from evals.run import open_store
from evals.training_data import HELD_OUT, load_labelled, load_unanswerable, rows
from index.search import Searcher

_ANSWERED_SHARE, _SURE_SHARE = 0.985, 0.8
_PENALTY = 0.001
_NAMES = [field.name for field in fields(Signs)]
_FOR = {"relevant", "nearest", "kind"}
_AGAINST = {"unknown"}


def main() -> None:
    """Fit, print, write."""
    searcher = open_store().searcher()
    near = [
        text
        for id_, texts in rows("near-misses.jsonl", "near_misses").items()
        if id_.partition("/")[0] not in HELD_OUT
        for text in texts[:1]
    ]
    answerable = [example.question for example in load_labelled()]
    matrix, labels = data(searcher, answerable, [*near, *load_unanswerable()])
    predicted = cross_validated(matrix, labels)
    threshold = float(np.quantile(predicted[labels == 1], 1 - _ANSWERED_SHARE))
    unsure = float(np.quantile(predicted[labels == 1], 1 - _SURE_SHARE))
    print(f"{int(labels.sum())} answerable, {int((1 - labels).sum())} unanswerable; cross-validated:")
    _tell(predicted, labels, threshold, unsure)
    weights, bias = fit(matrix, labels)
    print(dict(zip(_NAMES, np.round(weights, 2).tolist(), strict=True)), round(bias, 2))
    gold = [of_kind(load_gold(), kind, split=Split.DEV) for kind in (Kind.ANSWERABLE, Kind.UNANSWERABLE)]
    checked, due = data(searcher, *([question.question for question in part] for part in gold))
    print("development split:")
    _tell(1 / (1 + np.exp(-(checked @ weights + bias))), due, threshold, unsure)
    values = {
        "weights": [round(float(weight), 5) for weight in weights],
        "bias": round(bias, 5),
        "threshold": round(threshold, 4),
        "unsure": round(unsure, 4),
    }
    CALIBRATION_PATH.write_text(json.dumps(values, indent=1) + "\n", "utf-8")


def _tell(predicted: NDArray[np.float64], labels: NDArray[np.int64], threshold: float, unsure: float) -> None:
    for name, limit in (("refused", threshold), ("refused or doubted", unsure)):
        under = predicted < limit
        print(f"  under {limit:.3f}: {under[labels == 0].mean():.1%} of the unanswerable {name}, ", end="")
        print(f"{under[labels == 1].mean():.1%} of the answerable")


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


def data(
    searcher: Searcher, answerable: Sequence[str], unanswerable: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The signs of every answerable (1) and unanswerable (0) question, a row each."""
    found = []
    for question in track([*answerable, *unanswerable], "Searching"):
        understanding = understand(searcher.speller.mend(question), vocabulary=searcher.vocabulary)
        found.append(astuple(signs(searcher, understanding, candidates(searcher, understanding))))
    return np.array(found), np.array([1] * len(answerable) + [0] * len(unanswerable))


if __name__ == "__main__":
    main()
