"""/healthz and /readyz: whether the process runs, and whether it answers."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException

from assistant.api.models import Health, Readiness
from assistant.api.problems import responses
from assistant.service import Service


def health_router(service: Service) -> APIRouter:
    """The routes for whoever watches over the process."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Does the process run?")
    async def healthz() -> Health:
        return Health()

    @router.get("/readyz", responses=responses(503), summary="Are questions answered?")
    def readyz() -> Readiness:
        """Ready once the index and the embedding model are open; 503 with the remedy until then."""
        counts = service.store.record.counts()
        if not service.is_warm:
            raise HTTPException(503, "the assistant is still opening its index; try again in a few seconds")
        return Readiness(documents=counts["documents"], clauses=counts["clauses"], fingerprint=service.fingerprint)

    return router
