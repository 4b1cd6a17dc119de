"""Train the model that recognises a live concern: `python -m evals.train_concerns`.

Reads evals/training/concerns*.jsonl and, as messages that report nothing, the questions written per
clause. The gold messages are never read. Prints cross-validated recall and false alarms.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from assistant.concern_model import BUCKETS, MODEL_PATH, features
from index.clause_questions import load_questions

TRAINING_DIR = Path(__file__).parent / "training"
_INVERSE_PENALTY = 20.0


def main() -> None:
    texts, live = messages()
    matrix = as_matrix(texts)
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=2000, class_weight={0: 1.0, 1: 2.0})
    predicted = cross_val_predict(model, matrix, live, cv=5, method="predict_proba")[:, 1]
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        recall, alarms = (predicted[live == 1] >= threshold).mean(), (predicted[live == 0] >= threshold).mean()
        print(f"threshold {threshold:.1f}: recall {recall:.1%}, false alarms {alarms:.1%}")
    model.fit(matrix, live)
    np.savez_compressed(MODEL_PATH, weights=model.coef_[0].astype(np.float16), bias=np.float32(model.intercept_[0]))
    print(f"{len(texts)} messages, {int(live.sum())} of them live; wrote {MODEL_PATH.name}")


def messages() -> tuple[list[str], np.ndarray]:
    """The training messages and whether each reports a live concern (1) or not (0)."""
    rows = [
        json.loads(line)
        for path in sorted(TRAINING_DIR.glob("concerns*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    questions = [question for asked in load_questions().values() for question in asked]
    texts = [row["text"] for row in rows] + questions
    return texts, np.array([int(row["live"]) for row in rows] + [0] * len(questions))


def as_matrix(texts: list[str]) -> csr_matrix:
    """One row of hashed features a text."""
    found = [features(text) for text in texts]
    rows = np.repeat(np.arange(len(texts)), [len(f) for f in found])
    columns = np.concatenate([list(f) for f in found])
    values = np.concatenate([list(f.values()) for f in found])
    return csr_matrix((values, (rows, columns)), shape=(len(texts), BUCKETS))


if __name__ == "__main__":
    main()
