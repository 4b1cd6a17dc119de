"""Errors as RFC 9457 problem details: one line that says how to mend it, never a traceback."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from assistant.api.models import FieldError, Problem
from assistant.errors import BadQuestionError, FeedbackError
from index.errors import EmbedderError, IndexBusyError, IndexStoreError, UnknownDocumentError

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
UNEXPECTED = "something went wrong here; try again, and if it happens again tell whoever looks after the assistant"


def problem(status: int, detail: str, *, instance: str = "", errors: list[FieldError] | None = None) -> JSONResponse:
    """A problem details response."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, instance=instance, errors=errors)
    headers = {503: {"Retry-After": "5"}, 405: {"Allow": "GET, HEAD, POST"}}.get(status)
    return JSONResponse(body.model_dump(exclude_none=True), status, headers=headers, media_type=MEDIA_TYPE)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem responses of a route, for its OpenAPI description."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: schema}} for status in statuses}


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of the API leave as problem details."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(BadQuestionError, _bad_question)
    app.add_exception_handler(UnknownDocumentError, _unknown)
    for unusable in (IndexStoreError, EmbedderError, FeedbackError):
        app.add_exception_handler(unusable, _unusable)
    app.add_exception_handler(Exception, _unexpected)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [FieldError(pointer=_pointer(e["loc"]), detail=_sentence(e)) for e in error.errors()]
    first = errors[0]
    return problem(422, f"{first.pointer}: {first.detail}", instance=request.url.path, errors=errors)


def _pointer(location: tuple[str | int, ...]) -> str:
    source, *rest = location
    names = [str(part) for part in rest]
    return "/" + "/".join(names) if source == "body" else (names[0] if names else str(source))


def _sentence(error: dict[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return 'the body is not JSON; send an object such as {"question": "how often is a PEP reviewed?"}'
    if error["type"] == "missing":
        return "it is missing; give it"
    if error["type"] == "extra_forbidden":
        return "there is no such field; leave it out"
    return str(error["msg"])


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if detail == HTTPException(error.status_code).detail:  # raised by the framework, which gives no remedy
        detail = f"{detail}: {request.method} {request.url.path}; the addresses of the API are listed at /docs"
    response = problem(error.status_code, detail, instance=request.url.path)
    response.headers.update(error.headers or {})
    return response


async def _bad_question(request: Request, error: Exception) -> Response:
    return problem(422, str(error), instance=request.url.path)


async def _unknown(request: Request, error: Exception) -> Response:
    return problem(404, str(error), instance=request.url.path)


async def _unusable(request: Request, error: Exception) -> Response:
    if not isinstance(error, IndexBusyError):
        log.error("%s: %s", request.url.path, error)
    return problem(503, str(error), instance=request.url.path)


async def _unexpected(request: Request, error: Exception) -> Response:
    return problem(500, UNEXPECTED, instance=request.url.path)
