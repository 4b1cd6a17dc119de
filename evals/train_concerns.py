"""Train the model that recognises a live concern: `python -m evals.train_concerns`.

Reads evals/training/concerns*.jsonl and, as messages that report nothing, the questions written per
clause. The gold messages are never read. Prints cross-validated recall and false alarms.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from rich.progress import Progress
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from assistant.concern_model import BUCKETS, MODEL_PATH, features
from index.clause_questions import load_questions
from index.embedding import load_embedder
from index.passages import question_text
from index.vocabulary import load_vocabulary

TRAINING_DIR = Path(__file__).parent / "training"
_INVERSE_PENALTY = 20.0
_MEANING_SCALE = 1.0  # of the embedding against the n-grams, both of length 1


def main() -> None:
    """Fit, print cross-validated figures, write the model."""
    texts, live = messages()
    grams, meaning = as_matrix(texts), meanings(texts)
    matrix = hstack([grams, csr_matrix(meaning * _MEANING_SCALE)]).tocsr()
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=3000, class_weight={0: 1.0, 1: 2.0})
    predicted = cross_val_predict(model, matrix, live, cv=5, method="predict_proba")[:, 1]
    asked = np.arange(len(texts)) >= len(texts) - _questions()
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        over = predicted >= threshold
        recall, alarms = over[live == 1].mean(), over[(live == 0) & ~asked].mean()
        print(f"threshold {threshold:.1f}: recall {recall:.1%}, false alarms {alarms:.1%}, ", end="")
        print(f"of questions to clauses {over[asked].mean():.2%}")
    model.fit(matrix, live)
    weights = model.coef_[0]
    np.savez_compressed(
        MODEL_PATH,
        grams=weights[:BUCKETS].astype(np.float16),
        meaning=(weights[BUCKETS:] * _MEANING_SCALE).astype(np.float32),
        bias=np.float32(model.intercept_[0]),
    )
    print(f"{len(texts)} messages, {int(live.sum())} of them live; wrote {MODEL_PATH.name}")


def meanings(texts: list[str]) -> np.ndarray:
    """The vectors of the texts as an answer would see them, shape (len(texts), dimension)."""
    embedder, vocabulary = load_embedder(model_dir=MODEL_PATH.parent), load_vocabulary()
    with Progress() as progress:
        task = progress.add_task("Embedding", total=len(texts))
        asked = [question_text(text, vocabulary) for text in texts]
        return embedder.embed_documents(asked, progress=lambda done: progress.advance(task, done))


def _questions() -> int:
    return len(_clause_questions())


def _clause_questions() -> list[str]:
    """A third of the questions to clauses: enough to show what asking sounds like."""
    return [question for asked in load_questions().values() for question in asked[::3]]


def messages() -> tuple[list[str], np.ndarray]:
    """The training messages and whether each reports a live concern (1) or not (0)."""
    rows = [
        json.loads(line)
        for path in sorted(TRAINING_DIR.glob("concerns*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    questions = _clause_questions()
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
