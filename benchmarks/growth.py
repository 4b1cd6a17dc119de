"""One size of the growth benchmark, in a process of its own so that its memory is its own: prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from assistant.answering import Assistant
from assistant.models import Question
from benchmarks.processes import peak_megabytes
from benchmarks.questions import QUESTIONS
from benchmarks.synthetic import RandomVectors, documents
from corpus.library import shipped_documents
from index.embedding import load_embedder
from index.store import Store


def main(action: str, size: int, models: Path, folder: Path) -> None:
    real = load_embedder(model_dir=models)
    store = Store(folder, load_embedder=lambda: RandomVectors(real))
    if action == "build":
        words = Counter(
            word
            for document in shipped_documents()
            for clause in document.clauses
            for word in clause.text.lower().split()
            if word.isalpha()
        )
        started = time.perf_counter()
        store.build(documents(size, words))
        print(json.dumps({"build_s": time.perf_counter() - started}))
        return
    times = answer_times(Assistant(store.searcher()))
    print(json.dumps({"p50_ms": percentile(times, 50), "p95_ms": percentile(times, 95), "peak_mb": peak_megabytes()}))


def answer_times(assistant: Assistant) -> list[float]:
    """Milliseconds a question, after a warm-up."""
    for question in QUESTIONS[:5]:
        assistant.answer(Question(turns=(question,)))
    times = []
    for question in QUESTIONS * 3:
        started = time.perf_counter()
        assistant.answer(Question(turns=(question,)))
        times.append((time.perf_counter() - started) * 1000)
    return times


def percentile(values: list[float], share: int) -> float:
    return float(np.percentile(values, share))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
