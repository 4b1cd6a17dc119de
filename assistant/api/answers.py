"""POST /answers: the JSON of `assistant ask --json`, whole or as server-sent events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent

from assistant.api.models import Ask
from assistant.api.problems import responses
from assistant.kept import KeptAnswer
from assistant.models import Answer, Outcome
from assistant.running import Answering

_EVENT = {
    "type": "object",
    "properties": {
        "event": {"enum": ["start", "notice", "statement", "answer", "end"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The events start, notice, statement, answer and end, in this order.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    }
}
_ID: dict[str, Any] = {"headers": {"Answer-Id": {"schema": {"type": "string"}, "description": "For POST /feedback."}}}


def answers_router(answering: Answering) -> APIRouter:
    """The routes that answer."""
    router = APIRouter(tags=["answers"])

    @router.post("/answers", responses={200: _ID, **responses(400, 413, 415, 422, 503)}, summary="Ask a question")
    async def ask(asked: Ask, response: Response) -> Answer:
        """Answer a question, or the last turn of a conversation. The same JSON as `assistant ask --json`.

        `outcome` says how it ended: answered, abstained (nothing held answers it; `nearest` is shown as such),
        escalated (a live concern: show the notice of kind act-now first) or clarify.
        """
        kept = await answering.answer(asked.as_question())
        response.headers["Answer-Id"] = kept.id
        return kept.answer

    @router.post(
        "/answers/stream",
        responses={**_STREAM, **responses(400, 413, 415, 422, 503)},
        response_class=EventSourceResponse,
        summary="Ask a question, answered as server-sent events",
    )
    async def ask_streamed(asked: Ask) -> EventSourceResponse:
        """The answer in parts, what is urgent first.

        Events: `start` (outcome, answer_id), `notice` (first those to be read before the answer), `statement`
        (each with its citations), `answer` (the whole, as POST /answers gives it), `end`.
        """
        kept = await answering.answer(asked.as_question())
        return EventSourceResponse(_sent(kept), headers={"Answer-Id": kept.id, "Cache-Control": "no-store"})

    return router


async def _sent(kept: KeptAnswer) -> AsyncIterator[ServerSentEvent]:
    for event, data in events(kept):
        yield ServerSentEvent(data=data if isinstance(data, str) else json.dumps(data, ensure_ascii=False), event=event)


def events(kept: KeptAnswer) -> Iterator[tuple[str, Any]]:
    """An answer's events with their data, in order."""
    answer = kept.answer
    yield "start", {"outcome": answer.outcome.value, "answer_id": kept.id}
    ordered = sorted(answer.notices, key=lambda notice: not notice.comes_first)
    first = len(ordered) if answer.outcome is Outcome.ABSTAINED else sum(n.comes_first for n in ordered)
    for notice in ordered[:first]:
        yield "notice", _json(notice)
    citations = {citation.n: citation for citation in answer.citations}
    for statement in answer.statements:
        cited = [citations[n].model_dump(mode="json") for n in statement.citations if n in citations]
        yield "statement", {"statement": statement.model_dump(mode="json"), "citations": cited}
    for notice in ordered[first:]:
        yield "notice", _json(notice)
    yield "answer", answer.model_dump_json()
    yield "end", {}


def _json(value: BaseModel) -> dict[str, Any]:
    return value.model_dump(mode="json")
