"""Train the embedder on how staff ask, from the packaged MiniLM weights: `python -m evals.train_embedder FOLDER`.

A question is drawn towards its clause and towards another question to the same clause, away from the other clauses
and questions of its batch and from near misses: questions that sound as if the clause answered them, and it does not.
Then `python -m evals.export_weights embedder FOLDER`. On two cores about 15 minutes.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.encoder_halves import Halves
from evals.training_data import Examples, load_examples
from index.onnx_export import packaged_model_dir, verify_weights
from index.vocabulary import load_vocabulary

os.environ.setdefault("HF_HUB_OFFLINE", "1")
SEED, BATCH, EPOCHS, LEARNING_RATE, SCALE = 0, 40, 3, 6e-5, 20.0
Instance = tuple[str, str, str]  # a clause id and two of its questions


def train(output: Path) -> None:
    """Fine-tune the upper layers with in-batch negatives, both ways; save a sentence-transformers folder."""
    import torch
    from sentence_transformers import SentenceTransformer

    verify_weights(packaged_model_dir() / "model.safetensors")
    torch.manual_seed(SEED)
    model = SentenceTransformer(str(packaged_model_dir()), device="cpu", model_kwargs={"attn_implementation": "eager"})
    data = load_examples(load_vocabulary())
    halves = Halves(model)
    halves.remember(
        (text for written in (data.questions, data.near_misses) for texts in written.values() for text in texts),
        max_tokens=40,
    )
    halves.remember((data.texts[id_] for id_ in data.questions), max_tokens=80)
    steps = EPOCHS * (len(instances(data, seed=0)) // BATCH)
    optimiser = torch.optim.AdamW(halves.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    chooser, started = random.Random(SEED), time.time()
    for step, batch in zip(range(1, steps + 1), endless(data), strict=False):
        near = [chooser.choice(data.near_misses[id_]) for id_, _, _ in batch if id_ in data.near_misses]
        loss = loss_of(batch, near, data, halves)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(halves.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 20 == 0:
            print(f"step {step}/{steps} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
    model.save(str(output))


def loss_of(batch: list[Instance], near: list[str], data: Examples, halves: Halves) -> Any:
    """Cross-entropy of each question among clauses and among questions; near misses are further wrong choices.

    Clauses cost most of the time, being long, so the first half of the (shuffled) batch meets its clauses.
    """
    import torch

    questions = halves.embed([first for _, first, _ in batch] + [second for _, _, second in batch] + near)
    size, half = len(batch), len(batch) // 2
    asked, sister, wrong = questions[:size], questions[size : 2 * size], questions[2 * size :]
    clause = halves.embed([data.texts[id_] for id_, _, _ in batch[:half]])

    def among(one: Any, others: Any) -> Any:
        scores = SCALE * one @ torch.cat([others, wrong]).T
        return torch.nn.functional.cross_entropy(scores, torch.arange(len(one)))

    return among(asked[:half], clause) + 0.5 * among(clause, asked) + among(asked, sister) + among(sister, asked)


def instances(data: Examples, *, seed: int) -> list[Instance]:
    """Every question once, in pairs of the same clause, shuffled."""
    chooser = random.Random(seed)
    made: list[Instance] = []
    for id_, asked in data.questions.items():
        texts = list(asked) * (2 if len(asked) == 1 else 1)
        chooser.shuffle(texts)
        made += [(id_, texts[at], texts[at + 1]) for at in range(0, len(texts) - 1, 2)]
    chooser.shuffle(made)
    return made


def endless(data: Examples) -> Iterator[list[Instance]]:
    """Batch after batch, epoch after epoch."""
    epoch = 0
    while True:
        yield from batches(data, seed=SEED + epoch)
        epoch += 1


def batches(data: Examples, *, seed: int) -> Iterator[list[Instance]]:
    """Shuffled batches in which no two share a clause or a list: a twin is no negative."""
    pool = instances(data, seed=seed)
    while pool:
        batch: list[Instance] = []
        left: list[Instance] = []
        used: set[str] = set()
        for instance in pool:
            id_ = instance[0]
            kin = {id_, data.clauses[id_].parent_id or id_}
            if len(batch) < BATCH and not kin & used:
                batch.append(instance)
                used |= kin
            else:
                left.append(instance)
        pool = left
        if len(batch) < BATCH // 2:
            return
        yield batch


def _rate(step: int, steps: int) -> float:
    """A tenth of the way up, then straight down."""
    return min(1.0, (step + 1) / max(1, steps // 10)) * max(0.02, (steps - step) / steps)


if __name__ == "__main__":
    train(Path(sys.argv[1]))
