"""Answering off the event loop: a few questions at a time, the others in line."""

from __future__ import annotations

from functools import partial

import anyio

from assistant.kept import KeptAnswer
from assistant.models import Question
from assistant.service import Service

# Python computes in one thread at a time: more at once would only make each of them slower.
_AT_ONCE = 4


class Answering:
    """Answers for coroutines, from one service."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._limiter: anyio.CapacityLimiter | None = None

    async def answer(self, question: Question) -> KeptAnswer:
        """The answer, kept for its print view and feedback. Raises what Service.answer raises."""
        self._limiter = self._limiter or anyio.CapacityLimiter(_AT_ONCE)  # made where an event loop runs
        return await anyio.to_thread.run_sync(partial(self._answer, question), limiter=self._limiter)

    def _answer(self, question: Question) -> KeptAnswer:
        return self.service.keep(question, self.service.answer(question))
