"""The gold questions: read, checked against the corpus, and split into a part to tune on and a part nobody tunes on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.models import Clause

GOLD_DIR = Path(__file__).parent / "gold"
_TEST_SHARE = 40  # of 100
_Record = TypeVar("_Record", bound=BaseModel)


class Kind(StrEnum):
    """What a gold record tests."""

    ANSWERABLE = "answerable"
    UNANSWERABLE = "unanswerable"
    FOLLOW_UP = "follow-up"
    LIVE_CONCERN = "live-concern"
    ORDINARY = "ordinary"
    ADVERSARIAL = "adversarial"
    # Last turns of conversations: nothing answers them; they report a live concern; they go on from ordinary case work.
    UNANSWERABLE_TURN = "unanswerable-turn"
    LIVE_TURN = "live-turn"
    ORDINARY_TURN = "ordinary-turn"
    # The first that anyone would ask, short and obvious, and as plain ones that nothing answers.
    PLAIN = "plain"
    PLAIN_UNANSWERABLE = "plain-unanswerable"
    # All that is to be done in a matter, mostly of a case that is told.
    PROCEDURE = "procedure"


ANSWERED = frozenset({Kind.ANSWERABLE, Kind.FOLLOW_UP, Kind.PLAIN, Kind.PROCEDURE})  # clauses are due for these


class Split(StrEnum):
    """dev is for tuning; test is only ever measured."""

    DEV = "dev"
    TEST = "test"


class GoldError(ValueError):
    """A gold record that cannot be read or that names a clause the corpus does not have."""


class GoldQuestion(BaseModel):
    """One line of a gold file; a DSL can read and sign it.

    needed: groups of clause ids; every group must be cited, any one of its ids will do.
    facts: groups of phrases, one of each group must be in the answer. must_not: phrases that must not be.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: Kind
    persona: Literal["support", "dsl", "starter"]
    question: str = ""
    turns: tuple[str, ...] = ()
    needed: tuple[tuple[str, ...], ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    school: str | None = None
    role: str | None = None
    nearest: tuple[str, ...] = ()
    why: str = ""
    note: str = ""
    type: str = ""
    expect: str = ""
    immediate_danger: bool | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The turns of the conversation; one for a single question."""
        return self.turns or (self.question,)

    @property
    def split(self) -> Split:
        """By the section of the first needed clause, so that no section is tuned on and tested."""
        key = (
            self.needed[0][0].rpartition("/")[0] + self.needed[0][0].rpartition("/")[2][:2] if self.needed else self.id
        )
        return Split.TEST if int(hashlib.sha256(key.encode()).hexdigest(), 16) % 100 < _TEST_SHARE else Split.DEV


def load_gold(folder: Path = GOLD_DIR) -> list[GoldQuestion]:
    """Every record of every file, in file order. Raises GoldError naming the file and line that is wrong."""
    questions: list[GoldQuestion] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for where, question in records(path, GoldQuestion):
            if question.id in seen:
                raise GoldError(f"{where}: the id {question.id} is used in {seen[question.id]} already")
            seen[question.id] = where
            questions.append(question)
    return questions


def records(path: Path, model: type[_Record]) -> Iterator[tuple[str, _Record]]:
    """Each line of a JSONL file as a record, with where it stands. Raises GoldError for a line that is none."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        where = f"{path.name}, line {number}"
        try:
            yield where, model.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            what = [".".join(map(str, first["loc"])), first["msg"]]
            raise GoldError(": ".join([where, *filter(None, what)])) from error


def check_gold(questions: Iterable[GoldQuestion], clauses: Mapping[str, Clause]) -> None:
    """Raises GoldError for an id that is not in the corpus, or a fact that none of the needed clauses states."""
    for question in questions:
        for clause_id in [id_ for group in (*question.needed, question.nearest) for id_ in group]:
            if clause_id not in clauses:
                raise GoldError(f"{question.id}: there is no clause {clause_id!r}")
        if question.kind not in ANSWERED:
            continue
        if not question.needed:
            raise GoldError(f"{question.id}: it names no clause that answers it")
        texts = [clauses[id_].full_text for group in question.needed for id_ in group]
        for facts in question.facts:
            if not any(states(text, fact) for text in texts for fact in facts):
                raise GoldError(f"{question.id}: no needed clause states any of {list(facts)}")


def states(text: str, phrase: str) -> bool:
    """Whether a text holds a phrase, capitals, white space and typographic marks aside."""
    return _plain(phrase) in _plain(text)


def of_kind(questions: Sequence[GoldQuestion], *kinds: Kind, split: Split | None = None) -> list[GoldQuestion]:
    """The records of these kinds, of one split or of both."""
    return [q for q in questions if q.kind in kinds and (split is None or q.split is split)]


def _plain(text: str) -> str:
    table = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
    return " ".join(text.translate(table).lower().split())
