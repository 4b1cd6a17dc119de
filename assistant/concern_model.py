"""A linear model over a message's n-grams and its meaning: how likely it reports a live concern.

Words alone miss what is only hinted at ("he stuffs bread in his pockets every Friday"), the embedding alone misses
what turns on one word. Trained by evals/train_concerns.py on messages written for it; numpy is all it takes to apply.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MODEL_PATH = Path(__file__).with_name("concern_model.npz")
BUCKETS = 1 << 15
_WORD = re.compile(r"[a-z0-9]+|[?!]")


def features(message: str) -> dict[int, float]:
    """Hashed n-grams with their weights, of length 1: words, pairs of words, runs of 2 to 5 letters inside words."""
    words = _WORD.findall(re.sub("['’‘]", "", message.lower()))
    grams: Counter[str] = Counter()
    grams.update(f"w {word}" for word in words)
    grams.update(f"p {first} {second}" for first, second in zip(["^", *words], [*words, "$"], strict=True))
    for word in words:
        padded = f" {word} "
        for length in range(2, 6):
            grams.update(f"c {padded[start : start + length]}" for start in range(len(padded) - length + 1))
    buckets: dict[int, float] = {}
    for gram, count in grams.items():
        bucket = zlib.crc32(gram.encode()) % BUCKETS
        buckets[bucket] = buckets.get(bucket, 0.0) + 1.0 + math.log(count)
    norm = math.sqrt(sum(value * value for value in buckets.values())) or 1.0
    return {bucket: value / norm for bucket, value in buckets.items()}


def probability(message: str, vector: NDArray[np.float32]) -> float:
    """How likely the message reports a live concern, 0 to 1. vector: of the message, by the default embedder."""
    model = _model()
    score = model.bias + sum(float(model.grams[bucket]) * value for bucket, value in features(message).items())
    if vector.shape == model.meaning.shape:  # another embedder's vectors say nothing here
        score += float(model.meaning @ vector)
    return 1.0 / (1.0 + math.exp(-score))


@dataclass(frozen=True, slots=True)
class _Model:
    grams: NDArray[np.float32]
    meaning: NDArray[np.float32]
    bias: float


@cache
def _model() -> _Model:
    with np.load(MODEL_PATH, allow_pickle=False) as stored:
        return _Model(stored["grams"].astype(np.float32), stored["meaning"].astype(np.float32), float(stored["bias"]))
