"""What crosses the wire: questions in, answers out. The JSON of `assistant ask --json` is Answer's."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Outcome(StrEnum):
    """How an answer ended; what a caller branches on."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"
    ESCALATED = "escalated"
    CLARIFY = "clarify"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(_Strict):
    """A question, or the turns of a conversation whose last one is the question."""

    turns: tuple[str, ...] = Field(min_length=1)
    id: str | int | None = None
    school: str | None = None
    role: str | None = None

    @property
    def text(self) -> str:
        return self.turns[-1]


class Citation(_Strict):
    """A clause relied on. text: the whole clause, word for word, with its lead-in; quote: the part relied on."""

    n: int
    clause_id: str
    document_id: str
    document: str
    locator: str
    heading_path: tuple[str, ...]
    text: str
    quote: str
    authority: str
    edition: str
    in_force: bool
    summary: bool
    page: int | None
    url: str
    modality: str


class Statement(_Strict):
    """One thing the answer says, in the words of the clauses that its citations number.

    see_also: it stands beside the answer, being less surely part of it; its layer says how far it binds all the same.
    """

    text: str
    citations: tuple[int, ...]
    layer: str
    stage: str
    see_also: bool = False


_SAID_FIRST = frozenset({"act-now", "if-live", "unsure"})  # kinds of notices that are to be read before the answer


class Notice(_Strict):
    """What a reader must know beside the answer. kind: act-now, superseded, summary, not-answered, nearest, ...

    first: it is to be read before the answer, whatever its kind.
    """

    kind: str
    text: str
    first: bool = False

    @property
    def comes_first(self) -> bool:
        """Whether it is to be read before the answer."""
        return self.first or self.kind in _SAID_FIRST


class Timings(_Strict):
    """Milliseconds."""

    search: float = 0.0
    total: float = 0.0


class Answer(_Strict):
    """The answer, with everything that a page, a terminal or a test needs to show and check it.

    answer: Markdown with [1] marks, made of the statements and fixed headings only.
    nearest: of an abstention, the clauses that came nearest, shown as such and not relied on.
    """

    id: str | int | None
    question: str
    outcome: Outcome
    answer: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    timings_ms: Timings = Timings()
