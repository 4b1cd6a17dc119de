"""An answer prepared for a page: what is urgent, the layers, the chips, the notices."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from assistant.kept import KeptAnswer
from assistant.layers import STAGES, title_of
from assistant.models import Answer, Citation, Notice, Outcome, Statement
from assistant.references import clause_path, formatted_reference

_STEP = re.compile(r"\d+\. (.*)")
_TOLD = frozenset({"act-now", "not-answered"})  # the answer itself says it


@dataclass(frozen=True, slots=True)
class Point:
    """A statement with what it rests on. context: the heading that a bare list or name needs to be understood."""

    text: str
    context: str
    citations: list[Citation]


@dataclass(frozen=True, slots=True)
class Stage:
    """Points of one stage of a procedure; name "" where the answer is not told by stage."""

    name: str
    points: list[Point]


@dataclass(frozen=True, slots=True)
class Layer:
    """Points that bind equally. key: of assistant.layers; title: also says whether they stand beside the answer."""

    key: str
    title: str
    see_also: bool
    stages: list[Stage]


@dataclass(frozen=True, slots=True)
class ActNow:
    """What to do about a live concern, before anything else."""

    title: str
    steps: list[str]
    limits: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A kept answer with its references, for print and Word."""

    kept: KeptAnswer
    answer: Answer
    act_now: ActNow | None
    layers: list[Layer]
    plain: list[str]
    references: list[tuple[Citation, str]]
    notices: list[Notice]
    nearest: list[tuple[Citation, str]]
    on: dt.date


def printed(kept: KeptAnswer, *, base_url: str) -> Printed:
    """All of an answer, with references that name this server's address."""
    answer = kept.answer
    return Printed(
        kept=kept,
        answer=answer,
        act_now=act_now(answer),
        layers=layers(answer),
        plain=plain_paragraphs(answer),
        references=[(c, formatted_reference(c, base_url=base_url)) for c in answer.citations],
        notices=list(other_notices(answer)),
        nearest=[(c, formatted_reference(c, base_url=base_url)) for c in answer.nearest],
        on=kept.on,
    )


def act_now(answer: Answer) -> ActNow | None:
    """The steps that an answer to a live concern opens with; None for any other answer."""
    if answer.outcome is not Outcome.ESCALATED:
        return None
    title, *others = [block.strip() for block in answer.answer.split("\n\n") if block.strip()]
    steps: list[str] = []
    limits = ""
    for block in others:
        found = [match[1] for line in block.split("\n") if (match := _STEP.fullmatch(line))]
        if found:
            steps += found
        elif steps:
            limits = block
            break
    return ActNow(title.strip("*"), steps, limits)


def layers(answer: Answer) -> list[Layer]:
    """The statements in the order in which the answer tells them, those of one layer together."""
    cited = {citation.n: citation for citation in answer.citations}
    staged = any(f"*{name}*" in answer.answer.split("\n") for name in STAGES.values())
    found: list[Layer] = []
    for (see_also, layer), statements in groupby(answer.statements, key=lambda s: (s.see_also, s.layer)):
        stages = [
            Stage(STAGES.get(stage, stage) if staged else "", [_point(s, cited, answer) for s in told])
            for stage, told in groupby(statements, key=lambda s: s.stage if staged else "")
        ]
        found.append(Layer(layer, title_of(layer, see_also=see_also), see_also, stages))
    return found


def plain_paragraphs(answer: Answer) -> list[str]:
    """The answer's own words where it makes no statement: an abstention, a greeting; "" lines taken out."""
    if answer.statements or answer.outcome is Outcome.ESCALATED:
        return []
    return [block for block in answer.answer.split("\n\n") if block.strip()]


def urgent_notices(answer: Answer) -> list[Notice]:
    """What is to be read before the answer."""
    return [notice for notice in answer.notices if notice.comes_first and notice.kind not in _TOLD]


def other_notices(answer: Answer) -> Iterator[Notice]:
    """What is to be known beside the answer and is not said in it."""
    return (notice for notice in answer.notices if notice.kind not in _TOLD)


def chip_address(citation: Citation) -> str:
    """Where a chip leads: the reader at the clause, with the words to mark."""
    if citation.quote == citation.text:
        return f"{clause_path(citation.clause_id)}?whole=true"
    return f"{clause_path(citation.clause_id)}?{urlencode({'words': citation.quote})}"


def _point(statement: Statement, cited: dict[int, Citation], answer: Answer) -> Point:
    citations = [cited[n] for n in statement.citations if n in cited]
    return Point(statement.text, _context(statement, answer), citations)


def _context(statement: Statement, answer: Answer) -> str:
    """The heading that the answer's Markdown puts before a statement that says nothing without it; "" for none."""
    marks = "".join(f"[{n}]" for n in statement.citations)
    for line in answer.answer.split("\n"):
        if line.endswith(f" {marks}"):
            head = line.removesuffix(f" {marks}").removeprefix("- ")
            first = statement.text.split("\n")[0]
            if head != first and head.endswith(first):
                return head.removesuffix(first).rstrip(", ")
            if re.match(r"\s*(?:- |\([a-z0-9]{1,4}\) )", first):
                return head
    return ""
