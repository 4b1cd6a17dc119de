"""Which clauses a judge would welcome in the answer to a gold question, beside those it cannot do without.

The gold names the indispensable clauses only. Judged were the clauses that search ranked first or cited when the file
was written, each by one judge who saw neither ranking nor gold (evals/README.md says how two judges agree).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evals.dataset import GOLD_DIR, GoldError, records

JUDGEMENTS = GOLD_DIR.parent / "judgements.jsonl"


class Grade(IntEnum):
    """What a clause is to a question: noise; worth reading beside the answer; the answer, or part of it."""

    NOISE = 0
    BESIDE = 1
    ANSWERS = 2


class Judgement(BaseModel):
    """One line of judgements.jsonl: the clauses judged for the gold question `of`, by grade."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: str
    answers: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgements:
    """Every judgement, by question and clause."""

    grades: Mapping[tuple[str, str], Grade]

    def grade(self, question_id: str, clause_id: str) -> Grade | None:
        """None for a clause that was not judged for the question."""
        return self.grades.get((question_id, clause_id))


def load_judgements(path: Path = JUDGEMENTS, *, questions: Collection[str], clauses: Collection[str]) -> Judgements:
    """Every judgement. Raises GoldError for a line that cannot be read, or that names what is not there."""
    grades: dict[tuple[str, str], Grade] = {}
    for where, one in records(path, Judgement):
        if one.of not in questions:
            raise GoldError(f"{where}: there is no gold question {one.of!r}")
        graded = [(Grade.ANSWERS, one.answers), (Grade.BESIDE, one.beside), (Grade.NOISE, one.noise)]
        for grade, ids in graded:
            for id_ in ids:
                if id_ not in clauses:
                    raise GoldError(f"{where}: there is no clause {id_!r}")
                if (one.of, id_) in grades:
                    raise GoldError(f"{where}: {id_} is judged twice")
                grades[one.of, id_] = grade
    return Judgements(grades)
