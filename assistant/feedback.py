"""Thumbs and reasons, with what was asked and answered: kept for whoever improves the answers.

Nothing about the person is stored: no name, no address, no session, and the day without the hour.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from assistant.errors import BadQuestionError, FeedbackError
from assistant.kept import KeptAnswer
from assistant.models import Answer
from assistant.questions import check_question

Thumb = Literal["up", "down"]
MAX_REASON_CHARS = 1000
_metadata = sa.MetaData()
_feedback = sa.Table(
    "feedback",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("thumb", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("turns", sa.Text, nullable=False),
    sa.Column("school", sa.Text),
    sa.Column("role", sa.Text),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("citations", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("answer_id", sa.Text, nullable=False, unique=True),
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One thumb. answer: the whole answer as JSON; citations: the clause ids it relied on; day: as 2026-11-24."""

    id: int
    day: str
    thumb: Thumb
    reason: str
    turns: tuple[str, ...]
    school: str | None
    role: str | None
    answer: Answer
    citations: tuple[str, ...]
    fingerprint: str


class FeedbackStore:
    """feedback.sqlite3 in the data directory. Raises FeedbackError where it cannot be read or written."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "feedback.sqlite3"

    def add(self, kept: KeptAnswer, *, thumb: Thumb, reason: str = "") -> int:
        """Store a thumb for an answer and return its number; a second one for the same answer replaces the first.

        Raises BadQuestionError for a reason over 1,000 characters or with hidden characters in it.
        """
        values = {
            "day": kept.on.isoformat(),
            "thumb": thumb,
            "reason": _checked(reason),
            "turns": json.dumps(kept.question.turns, ensure_ascii=False),
            "school": kept.question.school,
            "role": kept.question.role,
            "answer": kept.answer.model_dump_json(),
            "citations": json.dumps([citation.clause_id for citation in kept.answer.citations]),
            "fingerprint": kept.fingerprint,
            "answer_id": kept.id,
        }
        try:
            with self._engine().begin() as connection:
                _metadata.create_all(connection)
                connection.execute(sa.delete(_feedback).where(_feedback.c.answer_id == kept.id))
                key = connection.execute(sa.insert(_feedback).values(**values)).inserted_primary_key
        except DatabaseError as error:
            raise FeedbackError(
                f"the feedback could not be stored ({error.orig}); check the data directory: its space, its permissions"
            ) from error
        assert key is not None
        return int(key[0])

    def all(self, *, thumb: Thumb | None = None) -> list[Feedback]:
        """Every thumb, oldest first; only those of one kind where that is named."""
        if not self.path.exists():
            return []
        query = sa.select(_feedback).order_by(_feedback.c.id)
        if thumb is not None:
            query = query.where(_feedback.c.thumb == thumb)
        try:
            with self._engine().connect() as connection:
                return [_read(row) for row in connection.execute(query)]
        except DatabaseError as error:
            raise FeedbackError(f"{self.path} cannot be read ({error.orig}); move the file away") from error

    def _engine(self) -> sa.Engine:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return sa.create_engine(f"sqlite:///{self.path}", poolclass=sa.NullPool, connect_args={"timeout": 30})


def gold_candidates(feedback: list[Feedback]) -> Iterator[dict[str, Any]]:
    """Each thumb as a gold question to be checked by a person: the fields of evals/dataset.py.

    A thumbs-up proposes the clauses cited as those needed. A thumbs-down proposes none: it gives the clauses
    in the note, and the reason, so that a person writes down what should have been cited.
    """
    for item in feedback:
        asked = {"turns": item.turns} if len(item.turns) > 1 else {"question": item.turns[-1]}
        kind = _KINDS.get(item.answer.outcome.value, "answerable")
        if len(item.turns) > 1 and kind == "answerable":
            kind = "follow-up"
        liked = item.thumb == "up"
        needed = [[id_] for id_ in item.citations] if liked and kind in {"answerable", "follow-up"} else []
        note = f"feedback {item.id} of {item.day}, thumb {item.thumb}, index {item.fingerprint}; to be checked."
        if item.reason:
            note += f" Reason: {item.reason}"
        if not liked:
            note += f" It was {item.answer.outcome.value}, citing: {', '.join(item.citations) or 'nothing'}"
        yield {
            "id": f"feedback-{item.id}",
            "kind": kind,
            "persona": "dsl" if item.role == "DSL" else "support",
            **asked,
            "needed": needed,
            "school": item.school,
            "role": item.role,
            "note": note,
        }


_KINDS = {"answered": "answerable", "abstained": "unanswerable", "escalated": "live-concern", "clarify": "answerable"}


def _checked(reason: str) -> str:
    if not any(character.isalnum() for character in reason):
        return ""
    if len(reason) > MAX_REASON_CHARS:
        raise BadQuestionError(
            f"the reason has {len(reason):,} characters, the limit is {MAX_REASON_CHARS:,}; shorten it"
        )
    try:
        return check_question(reason)
    except BadQuestionError as error:
        raise BadQuestionError(str(error).replace("the question", "the reason")) from error


def _read(row: sa.Row[Any]) -> Feedback:
    return Feedback(
        id=row.id,
        day=row.day,
        thumb=row.thumb,
        reason=row.reason,
        turns=tuple(json.loads(row.turns)),
        school=row.school,
        role=row.role,
        answer=Answer.model_validate_json(row.answer),
        citations=tuple(json.loads(row.citations)),
        fingerprint=row.fingerprint,
    )
