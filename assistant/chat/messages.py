"""An answer as messages of the chat: HTML of fixed shape in which every text is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.kept import KeptAnswer
from assistant.models import Answer, Outcome
from assistant.pages.answers import act_now, chip_address, layers, other_notices, plain_paragraphs, urgent_notices
from assistant.pages.environment import render
from assistant.references import standing

Message = dict[str, str]


def asked(question: str) -> Message:
    """What a person asked, shown as text."""
    return {"role": "user", "content": _one_line(render("chat/asked.html", question=question))}


def waiting() -> Message:
    """What stands there until the answer does."""
    return _said("chat/waiting.html")


def refused(reason: str) -> Message:
    """Why a question could not be read, and how to mend it."""
    return _said("chat/refused.html", reason=reason)


def answered(kept: KeptAnswer) -> Iterator[Message]:
    """The answer growing: what is urgent first, then layer by layer, last what is folded away under "See also", the
    notices and what can be done with the answer.

    Each message holds all of those before it. Every one costs the server as much as the answer itself.
    """
    answer = kept.answer
    told = layers(answer)
    steps = max(sum(not layer.see_also for layer in told), 1)
    for shown in range(1, steps + 1):
        yield _answer(kept, layers=told[:shown], done=False)
    yield _answer(kept, layers=told, done=True)


def spoken(answer: Answer) -> str:
    """What a screen reader is told when the answer is there."""
    if (steps := act_now(answer)) is not None:
        return f"{steps.title}. {' '.join(steps.steps)} {steps.limits}"
    if answer.outcome is Outcome.ABSTAINED:
        return f"No answer found. {answer.answer}"
    if not answer.statements:
        return answer.answer
    size = len(answer.statements)
    count = f"{size} statements" if size > 1 else "1 statement"
    first = answer.statements[0].text
    noted = f" {len(answer.notices)} things to note below it." if answer.notices else ""
    return f"Answer with {count}.{noted} First: {first}"


def _answer(kept: KeptAnswer, **values: Any) -> Message:
    answer = kept.answer
    return _said(
        "chat/answer.html",
        kept=kept,
        answer=answer,
        act_now=act_now(answer),
        plain=plain_paragraphs(answer),
        urgent=urgent_notices(answer),
        notices=[notice for notice in other_notices(answer) if notice not in urgent_notices(answer)],
        chip_address=chip_address,
        standing=standing,
        spoken=spoken(answer),
        **values,
    )


def _said(template: str, **values: Any) -> Message:
    return {"role": "assistant", "content": _one_line(render(template, **values))}


def _one_line(html: str) -> str:
    """Without line breaks: a blank line would end the HTML and start Markdown."""
    return " ".join(html.split())
