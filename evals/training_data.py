"""What the models are trained on, all of it written for training: the gold is never read here.

Nothing of the exclusions guidance or KCSIE is among it: what is gained there is gained unseen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corpus.clauses import parse_clauses
from corpus.library import shipped_documents
from corpus.models import Clause
from corpus.readers import read_file
from index.clause_questions import load_questions
from index.passages import clause_text, question_text
from index.vocabulary import Vocabulary

TRAINING_DIR = Path(__file__).parent / "training"
GUIDANCE = Path(__file__).parent.parent.parent / "shared" / "guidance"
REAL_DOCUMENTS = {"eyfs": "dfe-eyfs-2025.pdf", "behaviour": "dfe-behaviour-in-schools-2024-02.txt"}
HELD_OUT = frozenset({"dfe-exclusion-2024-08", "dfe-kcsie-2025"})


class Labelled(BaseModel):
    """A training question with every clause of the corpus judged.

    needed: groups, of each of which one clause must be cited; also: clauses that are welcome beside them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    needed: tuple[tuple[str, ...], ...]
    also: tuple[str, ...] = ()

    @property
    def relevant(self) -> frozenset[str]:
        return frozenset(id_ for group in (*self.needed, self.also) for id_ in group)


@dataclass(frozen=True, slots=True)
class Examples:
    """clauses: by id. texts, questions, near_misses: by clause id, as they are embedded."""

    clauses: Mapping[str, Clause]
    texts: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]]
    near_misses: Mapping[str, tuple[str, ...]]


def load_examples(vocabulary: Vocabulary) -> Examples:
    """The questions of every clause that training may see, those of EYFS and behaviour guidance among them."""
    clauses = {clause.id: clause for document in shipped_documents() for clause in document.clauses}
    clauses |= {clause.id: clause for clause in real_clauses()}
    clauses = {id_: clause for id_, clause in clauses.items() if id_.partition("/")[0] not in HELD_OUT}
    asked = {**load_questions(), **rows("real-guidance.jsonl", "questions")}
    return Examples(
        clauses=clauses,
        texts={id_: clause_text(clauses[id_], vocabulary) for id_ in clauses},
        questions=_written(asked, clauses, vocabulary),
        near_misses=_written(rows("near-misses.jsonl", "near_misses"), clauses, vocabulary),
    )


def load_labelled() -> list[Labelled]:
    """The questions with every clause judged."""
    lines = (TRAINING_DIR / "labelled.jsonl").read_text("utf-8").splitlines()
    return [Labelled.model_validate_json(line) for line in lines]


def load_unanswerable() -> list[str]:
    """Questions that nothing in the corpus answers."""
    lines = (TRAINING_DIR / "unanswerable.jsonl").read_text("utf-8").splitlines()
    return [str(json.loads(line)["text"]) for line in lines]


def rows(name: str, field: str) -> dict[str, tuple[str, ...]]:
    """The texts of a training file by clause id."""
    lines = (json.loads(line) for line in (TRAINING_DIR / name).read_text("utf-8").splitlines())
    return {str(line["clause"]): tuple(line[field]) for line in lines}


def real_clauses() -> Iterator[Clause]:
    """The clauses of the real guidance set aside for training; it is read where it lies, never copied."""
    for document_id, name in REAL_DOCUMENTS.items():
        yield from parse_clauses(read_file(GUIDANCE / name), document_id=document_id)


def _written(
    texts: Mapping[str, tuple[str, ...]], clauses: Mapping[str, Clause], vocabulary: Vocabulary
) -> dict[str, tuple[str, ...]]:
    return {
        id_: tuple(dict.fromkeys(question_text(text, vocabulary) for text in written))
        for id_, written in texts.items()
        if id_ in clauses
    }
