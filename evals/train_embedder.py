"""Train the embedder on how staff ask, from the packaged MiniLM weights: `python -m evals.train_embedder FOLDER`.

A question is drawn towards its clause and towards another question to the same clause, away from the other clauses
and questions of its batch and from near misses: questions that sound as if the clause answered them, and it does not.
Two further heads learn beside it, and are dropped afterwards, so that the vectors tell apart what nothing answers and
what reports a live concern. Then `python -m evals.export_weights FOLDER`. Half an hour on two cores with AVX-512 BF16.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.batches import Instance, batches
from evals.encoder_halves import Halves
from evals.training_data import Examples, load_examples
from index.onnx_export import packaged_model_dir, verify_weights
from index.vocabulary import load_vocabulary

os.environ.setdefault("HF_HUB_OFFLINE", "1")
SEED, LEARNING_RATE, HEAD_RATE, SCALE = 0, 6e-5, 2e-3, 20.0
STEPS = 2100
# Of each batch: what nothing answers; messages that report a concern, and as many that do not.
_UNANSWERABLE, _MESSAGES = 16, 18
_HEAD_WEIGHT = 0.5
_CLAUSE_TOKENS, _QUESTION_TOKENS = 80, 40


def train(output: Path, *, steps: int = STEPS) -> None:
    """Fine-tune the upper layers with in-batch negatives, both ways; save a sentence-transformers folder."""
    import torch
    from sentence_transformers import SentenceTransformer

    verify_weights(packaged_model_dir() / "model.safetensors")
    torch.manual_seed(SEED)
    model = SentenceTransformer(str(packaged_model_dir()), device="cpu", model_kwargs={"attn_implementation": "eager"})
    data = load_examples(load_vocabulary())
    halves = Halves(model)
    halves.remember(_short_texts(data), max_tokens=_QUESTION_TOKENS)
    halves.remember(data.texts.values(), max_tokens=_CLAUSE_TOKENS)
    heads = torch.nn.Linear(model.get_embedding_dimension(), 2)
    optimiser = torch.optim.AdamW(
        [{"params": halves.parameters()}, {"params": heads.parameters(), "lr": HEAD_RATE}],
        lr=LEARNING_RATE,
        weight_decay=0.01,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    chooser, started = random.Random(SEED), time.time()
    for step, batch in zip(range(1, steps + 1), endless(data, neighbours(data, halves)), strict=False):
        loss = loss_of(batch, data, halves, heads, chooser)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(halves.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 20 == 0:
            print(f"step {step}/{steps} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
    model.save(str(output))


def loss_of(batch: Sequence[Instance], data: Examples, halves: Halves, heads: Any, chooser: random.Random) -> Any:
    """Cross-entropy of each question among clauses and among questions, near misses being further wrong choices;
    and of the two heads: whether anything answers it, whether it reports a live concern.

    Clauses cost most of the time, being long, so the first half of the (shuffled) batch meets its clauses.
    """
    import torch

    near = [
        one.twin or chooser.choice(data.near_misses[one.clause_id])
        for one in batch
        if one.twin or one.clause_id in data.near_misses
    ]
    near += chooser.sample(data.unanswerable, _UNANSWERABLE)
    live, ordinary = chooser.sample(data.live, _MESSAGES), chooser.sample(data.ordinary, _MESSAGES)
    asked_texts = [one.asked for one in batch] + [one.sister for one in batch]
    vectors = halves.embed([*asked_texts, *near, *live, *ordinary])
    size, half = len(batch), len(batch) // 2
    asked, sister, wrong = vectors[:size], vectors[size : 2 * size], vectors[2 * size : 2 * size + len(near)]
    clause = halves.embed([data.texts[one.clause_id] for one in batch[:half]])

    def among(one: Any, others: Any) -> Any:
        scores = SCALE * one @ torch.cat([others, wrong]).T
        return torch.nn.functional.cross_entropy(scores, torch.arange(len(one)))

    def told(head: int, rows: Any, positive: int) -> Any:
        due = (torch.arange(len(rows)) < positive).float()
        return torch.nn.functional.binary_cross_entropy_with_logits(SCALE * heads(rows)[:, head], due)

    answerable = told(0, vectors[: 2 * size + len(near)], 2 * size)
    concern = told(1, torch.cat([vectors[2 * size + len(near) :], asked]), len(live))
    ranked = among(asked[:half], clause) + 0.5 * among(clause, asked) + among(asked, sister) + among(sister, asked)
    return ranked + _HEAD_WEIGHT * (answerable + concern)


def neighbours(data: Examples, halves: Halves) -> dict[str, list[str]]:
    """Of each clause the others, nearest first, as the untrained model sees them."""
    import torch

    ids = list(data.texts)
    with torch.no_grad():
        parts = [halves.embed([data.texts[id_] for id_ in ids[at : at + 96]]) for at in range(0, len(ids), 96)]
    vectors = torch.cat(parts).numpy()
    order = np.argsort(-(vectors @ vectors.T), axis=1)
    return {
        id_: [ids[other] for other in row if other != at] for at, (id_, row) in enumerate(zip(ids, order, strict=True))
    }


def endless(data: Examples, near: Mapping[str, Sequence[str]]) -> Iterator[list[Instance]]:
    """Batch after batch, epoch after epoch."""
    epoch = 0
    while True:
        yield from batches(data, near, seed=SEED + epoch)
        epoch += 1


def _short_texts(data: Examples) -> Iterator[str]:
    for written in (data.questions, data.near_misses):
        for texts in written.values():
            yield from texts
    for example in data.labelled:
        yield from (*example.wordings, *example.twins)
    yield from (*data.unanswerable, *data.live, *data.ordinary)


def _rate(step: int, steps: int) -> float:
    """A tenth of the way up, then straight down."""
    return min(1.0, (step + 1) / max(1, steps // 10)) * max(0.02, (steps - step) / steps)


if __name__ == "__main__":
    train(Path(sys.argv[1]), steps=int(sys.argv[2]) if len(sys.argv) > 2 else STEPS)
