"""POST /feedback: a thumb for an answer that this server gave."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException

from assistant.api.models import Feedback, FeedbackTaken
from assistant.api.problems import responses
from assistant.feedback import FeedbackStore
from assistant.service import Service


def feedback_router(service: Service) -> APIRouter:
    """The route that takes feedback."""
    router = APIRouter(tags=["feedback"])
    store = FeedbackStore(service.store.data_dir)

    @router.post(
        "/feedback", status_code=201, responses=responses(400, 404, 413, 415, 422, 503), summary="Rate an answer"
    )
    def rate(given: Feedback) -> FeedbackTaken:
        """Store a thumb with the question, the answer, its citations and the index fingerprint.

        Nothing about the person is stored. A second thumb for the same answer replaces the first.
        """
        kept = service.kept.get(given.answer_id)
        if kept is None:
            raise HTTPException(404, "this answer is no longer held here; ask the question again and rate that answer")
        return FeedbackTaken(id=store.add(kept, thumb=given.thumb, reason=given.reason), thumb=given.thumb)

    return router
