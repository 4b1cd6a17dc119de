"""Many questions as JSON lines: one object in, one answer out, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from assistant.errors import BadQuestionError
from assistant.models import Question
from assistant.questions import check_question
from assistant.understanding import school_named, schools

if TYPE_CHECKING:
    from assistant.answering import Assistant


class BatchLine(BaseModel):
    """A line of a batch: a question or turns, with an optional id, school and role."""

    model_config = ConfigDict(extra="ignore")

    id: str | int | None = None
    question: str | None = None
    turns: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    school: str | None = None
    role: str | None = None

    @field_validator("id")
    @classmethod
    def _can_be_written(cls, value: str | int | None) -> str | int | None:
        if isinstance(value, str) and not value.isprintable():
            raise PydanticCustomError("id", "it holds a character that cannot be shown")
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> BatchLine:
        if (self.question is None) == (self.turns is None):
            raise PydanticCustomError("question_or_turns", "it needs either a question or turns")
        return self

    @property
    def asked(self) -> tuple[str, ...]:
        """The turns of the conversation; one for a single question."""
        return self.turns or (self.question or "",)


def answer_lines(
    lines: Iterable[str], open_assistant: Callable[[], Assistant], *, school: str | None, role: str | None
) -> Iterator[str]:
    """Answer each line as it comes. Raises BadQuestionError naming the first line that cannot be read.

    All lines are read before the first is answered, so that a bad one costs nothing. Blank lines are passed over.
    school, role: of the lines that name none.
    """
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip("\ufeff \t\r\n")]
    questions = [_read(line, number, school=school, role=role) for number, line in numbered]
    if not questions:
        raise BadQuestionError('the batch holds no question; write one JSON object a line, such as {"question": "..."}')
    assistant = open_assistant()
    for question in questions:
        yield assistant.answer(question).model_dump_json()


def _read(line: str, number: int, *, school: str | None, role: str | None) -> Question:
    try:
        read = BatchLine.model_validate(_json(line))
        turns = tuple(check_question(turn) for turn in read.asked)
        named = _school(read.school or school)
    except ValidationError as error:
        first = error.errors()[0]
        where = f"{first['loc'][0]}: " if first["loc"] else ""
        raise BadQuestionError(f"line {number}: {where}{first['msg']}; mend that line") from error
    except BadQuestionError as error:
        raise BadQuestionError(f"line {number}: {error}") from error
    return Question(turns=turns, id=read.id, school=named, role=read.role or role)


def _json(line: str) -> dict[str, Any]:
    try:
        values = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # not JSON, a number without end, brackets without end
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "too long or too deep"
        raise BadQuestionError(f"it is not JSON ({reason}); write one object a line") from error
    if not isinstance(values, dict):
        raise BadQuestionError('it is no JSON object; write one such as {"id": 1, "question": "..."}')
    return values


def _school(named: str | None) -> str | None:
    if named and school_named(named) is None:
        raise BadQuestionError(f"{named!r} is no school of the Trust; there are: {', '.join(schools())}")
    return named or None
