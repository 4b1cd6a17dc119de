"""Many questions as JSON lines: one object in, one answer out, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

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

    @model_validator(mode="after")
    def _one_of_both(self) -> BatchLine:
        if (self.question is None) == (self.turns is None):
            raise ValueError("it needs either a question or turns")
        return self


def answer_lines(
    lines: Iterable[str], open_assistant: Callable[[], Assistant], *, school: str | None, role: str | None
) -> Iterator[str]:
    """Answer each line as it comes. Raises BadQuestionError naming the first line that cannot be read.

    All lines are read before the first is answered, so that a bad one costs nothing.
    """
    questions = [
        _read(line, number, school=school, role=role) for number, line in enumerate(lines, start=1) if line.strip()
    ]
    assistant = open_assistant()
    for question in questions:
        yield assistant.answer(question).model_dump_json()


def _read(line: str, number: int, *, school: str | None, role: str | None) -> Question:
    try:
        values: Any = json.loads(line)
        read = BatchLine.model_validate(values)
        turns = read.turns if read.turns is not None else (read.question or "",)
        for turn in turns:
            check_question(turn)
    except json.JSONDecodeError as error:
        raise BadQuestionError(f"line {number} is not JSON ({error.msg}); write one object a line") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the line"
        raise BadQuestionError(f"line {number}: {where}: {first['msg']}; mend that line") from error
    except BadQuestionError as error:
        raise BadQuestionError(f"line {number}: {error}") from error
    named = read.school or school
    if named and school_named(named) is None:
        raise BadQuestionError(f"line {number}: {named!r} is no school of the Trust; there are: {', '.join(schools())}")
    return Question(turns=turns, id=None if read.id is None else str(read.id), school=named, role=read.role or role)
