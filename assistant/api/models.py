"""What the API takes and gives, beside Answer: strict, so that a misspelt field is an error and no surprise."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator
from pydantic_core import PydanticCustomError

from assistant.errors import BadQuestionError
from assistant.models import Citation, Notice, Question
from assistant.questions import MAX_QUESTION_CHARS, check_question
from assistant.understanding import role_named, school_named, schools
from corpus.tags import ROLES

MAX_TURNS = 30
MAX_REASON_CHARS = 1000
_Turn = Annotated[str, Field(max_length=MAX_QUESTION_CHARS)]
_EXAMPLES: list[JsonValue] = [
    {"question": "what must I do before suspending a CLA pupil?", "school": "Hartsbourne", "role": "headteacher"},
    {"turns": ["who is the designated teacher at Hartsbourne?", "and at Bushey Meads?"]},
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Ask(_Strict):
    """A question, or the turns of a conversation whose last one is the question."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        json_schema_extra={"examples": _EXAMPLES, "oneOf": [{"required": ["question"]}, {"required": ["turns"]}]},
    )

    question: _Turn | None = Field(default=None, description=f"Up to {MAX_QUESTION_CHARS:,} characters.")
    turns: Annotated[list[_Turn], Field(min_length=1, max_length=MAX_TURNS)] | None = Field(
        default=None, description="What was asked before, and last the question."
    )
    school: str | None = Field(default=None, max_length=100, description=f"One of: {', '.join(schools())}.")
    role: str | None = Field(default=None, max_length=100, description=f"One of: {', '.join(ROLES)}.")

    @field_validator("question", "turns")
    @classmethod
    def _readable(cls, value: str | list[str] | None) -> str | list[str] | None:
        try:
            if isinstance(value, list):
                return [check_question(turn) for turn in value]
            return None if value is None else check_question(value)
        except BadQuestionError as error:
            raise PydanticCustomError("question", "{reason}", {"reason": str(error)}) from error

    @field_validator("school")
    @classmethod
    def _of_the_trust(cls, value: str | None) -> str | None:
        if value is None:
            return None
        name = school_named(value)
        if name is None:
            raise PydanticCustomError(
                "school",
                "no school of the Trust has this name; there are: {schools}",
                {"schools": ", ".join(schools())},
            )
        return name

    @field_validator("role")
    @classmethod
    def _known_role(cls, value: str | None) -> str | None:
        if value is not None and role_named(value) is None:
            raise PydanticCustomError("role", "this role is unknown; there are: {roles}", {"roles": ", ".join(ROLES)})
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> Ask:
        if (self.question is None) == (self.turns is None):
            raise PydanticCustomError("question_or_turns", "give either question or turns")
        return self

    def as_question(self) -> Question:
        return Question(turns=tuple(self.turns or [self.question or ""]), school=self.school, role=self.role)


class Feedback(_Strict):
    """A thumb for an answer that was given by this server, with a reason if there is one."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        json_schema_extra={
            "examples": [{"answer_id": "dGhlIGFuc3dlcidzIGlk", "thumb": "down", "reason": "It names the old edition."}]
        },
    )

    answer_id: str = Field(min_length=1, max_length=64, description="The header Answer-Id of an answer.")
    thumb: Literal["up", "down"]
    reason: str = Field(default="", max_length=MAX_REASON_CHARS, description="Never a pupil's name.")


class FeedbackTaken(_Strict):
    """What was stored."""

    id: int
    thumb: Literal["up", "down"]


class SearchHit(_Strict):
    """A clause that a search found. score: 0 to 1, more for a paragraph asked for by its number."""

    score: float
    clause: Citation


class SearchHits(_Strict):
    """The clauses found, best first."""

    query: str
    hits: list[SearchHit]


class DocumentOut(_Strict):
    """A document of the index. size: how many clauses it has."""

    id: str
    title: str
    publisher: str
    authority: str
    edition: str
    in_force: bool
    in_force_from: str | None
    summary: bool
    origin: str
    url: str
    size: int


class ClauseLine(_Strict):
    """A clause in its document's contents."""

    id: str
    kind: str
    heading_path: list[str]
    locator: str
    text: str
    modality: str
    parent_id: str


class DocumentWhole(DocumentOut):
    """A document with its clauses in reading order."""

    clauses: list[ClauseLine]
    notices: list[Notice]


class OtherEdition(_Strict):
    """The same clause in another edition. state: earlier, newer edition, earlier edition or today."""

    state: str
    clause: Citation


class ClauseOut(_Strict):
    """A clause with where it stands. whereabouts: here, moved (to clause.clause_id) or gone (its last words)."""

    whereabouts: str
    clause: Citation
    previous: str
    next: str
    notices: list[Notice]
    other_editions: list[OtherEdition]


class Health(_Strict):
    """Whether the process runs."""

    status: Literal["ok"] = "ok"


class Readiness(_Strict):
    """Whether questions are answered at once, and over what."""

    status: Literal["ready"] = "ready"
    documents: int
    clauses: int
    fingerprint: str


class FieldError(BaseModel):
    """What is wrong with one field. pointer: where, as a JSON pointer or the parameter's name."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """RFC 9457: what went wrong, and in `detail` how to mend it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str = ""
    errors: list[FieldError] | None = None
