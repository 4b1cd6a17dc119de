"""Train the embedder on how staff ask: pairs of a question and its clause, from the packaged MiniLM weights.

python -m evals.train_embedder OUTPUT_FOLDER, then python -m evals.export_embedder. Neither the gold
questions nor anything of the exclusions guidance or KCSIE is read: what is gained there is gained unseen.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import track

from corpus.clauses import parse_clauses
from corpus.library import shipped_documents
from corpus.models import Clause
from corpus.readers import read_file
from index.onnx_export import packaged_model_dir, verify_weights
from index.passages import clause_text, question_text
from index.vocabulary import Vocabulary, load_vocabulary

os.environ.setdefault("HF_HUB_OFFLINE", "1")
PROJECT_DIR = Path(__file__).parent.parent
QUESTIONS_DIR = PROJECT_DIR / "index" / "questions"
REAL_PAIRS = Path(__file__).parent / "training" / "real-guidance.jsonl"
GUIDANCE = PROJECT_DIR.parent / "shared" / "guidance"
REAL_DOCUMENTS = {"eyfs": "dfe-eyfs-2025.pdf", "behaviour": "dfe-behaviour-in-schools-2024-02.txt"}
HELD_OUT = frozenset({"dfe-exclusion-2024-08", "dfe-kcsie-2025"})
SEED, BATCH, EPOCHS, LEARNING_RATE, MAX_TOKENS, SCALE = 0, 32, 3, 1e-4, 96, 20.0
FROZEN_LAYERS = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, and what should be near it: its clause, or another question to the same clause."""

    question: str
    other: str
    clause_id: str
    list_id: str


def pairs(vocabulary: Vocabulary) -> list[Pair]:
    """Two pairs a question: with its clause, and with a sister question."""
    chooser = random.Random(SEED)
    clauses = {clause.id: clause for document in shipped_documents() for clause in document.clauses}
    rows = [row for path in sorted(QUESTIONS_DIR.glob("*.jsonl")) for row in _rows(path)]
    rows = [row for row in rows if row[0].partition("/")[0] not in HELD_OUT]
    clauses |= {clause.id: clause for clause in _real_clauses()}
    real = _rows(REAL_PAIRS)
    unknown = [clause_id for clause_id, _ in real if clause_id not in clauses]
    if unknown:
        raise SystemExit(f"{REAL_PAIRS.name} names clauses that are not in the real guidance: {', '.join(unknown[:5])}")
    rows += real
    made: list[Pair] = []
    for clause_id, asked in rows:
        clause = clauses[clause_id]
        questions = [question_text(question, vocabulary) for question in asked]
        for index, question in enumerate(questions):
            list_id = clause.parent_id or clause.id
            made.append(Pair(question, clause_text(clause, vocabulary), clause_id, list_id))
            sisters = questions[:index] + questions[index + 1 :]
            if sisters:
                made.append(Pair(question, chooser.choice(sisters), clause_id, list_id))
    return made


def train(output: Path) -> None:
    """Fine-tune the upper layers with in-batch negatives, both ways; save a sentence-transformers folder.

    What the lower layers make of a text never changes, so it is computed once: a step takes a quarter of the time.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    verify_weights(packaged_model_dir() / "model.safetensors")
    torch.manual_seed(SEED)
    model = SentenceTransformer(str(packaged_model_dir()), device="cpu", model_kwargs={"attn_implementation": "eager"})
    data = pairs(load_vocabulary())
    halves = Halves(model)
    halves.remember(sorted({text for pair in data for text in (pair.question, pair.other)}))
    steps = EPOCHS * (len(data) // BATCH)
    optimiser = torch.optim.AdamW(halves.trained_parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    print(f"{len(data)} pairs, about {steps} steps", flush=True)
    started, step = time.time(), 0
    for epoch in range(EPOCHS):
        for batch in batches(data, seed=SEED + epoch):
            questions = halves.embed([pair.question for pair in batch])
            others = halves.embed([pair.other for pair in batch])
            scores = questions @ others.T * SCALE
            wanted = torch.arange(len(batch))
            cross_entropy = torch.nn.functional.cross_entropy
            loss = cross_entropy(scores, wanted) + cross_entropy(scores.T, wanted)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(halves.trained_parameters(), 1.0)
            optimiser.step()
            schedule.step()
            step += 1
            if step % 50 == 0:
                seconds = time.time() - started
                print(f"epoch {epoch} step {step}/{steps} loss {loss.item():.3f} {seconds:.0f} s", flush=True)
    model.save(str(output))


class Halves:
    """The model's lower layers, frozen and remembered by text, and its upper ones, which are trained."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._bert = model[0].auto_model
        self._remembered: dict[str, Any] = {}

    def trained_parameters(self) -> list[Any]:
        return [parameter for layer in self._bert.encoder.layer[FROZEN_LAYERS:] for parameter in layer.parameters()]

    def remember(self, texts: Sequence[str]) -> None:
        """Run the frozen layers over every text once. Shape of each: (tokens, hidden), half precision."""
        import torch

        self._model.eval()
        with torch.no_grad():
            for text in track(texts, "Lower layers"):
                tokens = self._model.tokenizer(text, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
                hidden = self._bert.embeddings(tokens["input_ids"])
                for layer in self._bert.encoder.layer[:FROZEN_LAYERS]:
                    hidden = _first(layer(hidden))
                self._remembered[text] = hidden[0].half()

    def embed(self, texts: Sequence[str]) -> Any:
        """Vectors of length 1, shape (len(texts), hidden), with gradients."""
        import torch

        kept = [self._remembered[text].float() for text in texts]
        hidden = torch.nn.utils.rnn.pad_sequence(kept, batch_first=True)
        lengths = torch.tensor([len(one) for one in kept])
        mask = (torch.arange(hidden.shape[1])[None, :] < lengths[:, None]).float()
        additive = (1.0 - mask)[:, None, None, :] * torch.finfo(torch.float32).min
        self._model.train()
        for layer in self._bert.encoder.layer[FROZEN_LAYERS:]:
            hidden = _first(layer(hidden, attention_mask=additive))
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(mean, dim=1)


def _first(output: Any) -> Any:
    return output[0] if isinstance(output, tuple) else output


def batches(data: Sequence[Pair], *, seed: int) -> Iterator[list[Pair]]:
    """Shuffled batches in which no two pairs share a clause or a list: a twin is no negative."""
    pool = list(data)
    random.Random(seed).shuffle(pool)
    while pool:
        batch: list[Pair] = []
        used: set[str] = set()
        left: list[Pair] = []
        for pair in pool:
            if len(batch) < BATCH and not {pair.clause_id, pair.list_id} & used:
                batch.append(pair)
                used |= {pair.clause_id, pair.list_id}
            else:
                left.append(pair)
        pool = left
        if len(batch) < BATCH // 2:
            return
        yield batch


def _rate(step: int, steps: int) -> float:
    """A tenth of the way up, then straight down."""
    return min(1.0, step / max(1, steps // 10)) * max(0.0, (steps - step) / steps)


def _rows(path: Path) -> list[tuple[str, list[str]]]:
    lines: list[Mapping[str, object]] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [(str(line["clause"]), [str(question) for question in line["questions"]]) for line in lines]  # type: ignore[attr-defined]


def _real_clauses() -> Iterator[Clause]:
    """The clauses of the real guidance set aside for training; it is read where it lies, never copied."""
    for document_id, name in REAL_DOCUMENTS.items():
        yield from parse_clauses(read_file(GUIDANCE / name), document_id=document_id)


if __name__ == "__main__":
    train(Path(sys.argv[1]))
