"""The application: API, pages and chat in one, around one service."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from fastapi_offline import core as offline
from starlette.exceptions import HTTPException

from assistant.api.answers import answers_router
from assistant.api.feedback import feedback_router
from assistant.api.health import health_router
from assistant.api.library import library_router
from assistant.api.models import Problem
from assistant.api.problems import add_problem_handlers
from assistant.pages.routes import missing, pages_router
from assistant.running import Answering
from assistant.server.gate import Gate
from assistant.server.shell import Shell
from assistant.service import Service
from corpus.errors import CorpusError
from index.errors import EmbedderError, IndexStoreError, UnknownDocumentError

log = logging.getLogger(__name__)
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
STATIC = Path(__file__).parent.parent / "pages" / "static"
SWAGGER = Path(offline.__file__).parent / "static"
_DESCRIPTION = """Answers a school's questions from its policy and official guidance; each statement is cited to its
clause, word for word. Errors are problem details (RFC 9457) whose `detail` says how to mend them.

Never send a pupil's name. A live concern is answered with what to do now; this assistant tells nobody."""


def create_app(service: Service, *, hosts: Sequence[str] = LOCAL_HOSTS, chat: bool = True) -> FastAPI:
    """The application over a service. hosts: the host names it answers to. chat: with the Gradio page at /."""
    answering = Answering(service)
    app = FastAPI(
        title="Policy assistant", version="1", description=_DESCRIPTION, docs_url=None, redoc_url=None,
        lifespan=_lifespan(service),
    )  # fmt: skip
    api = APIRouter(prefix="/api/v1")
    for router in (answers_router(answering), library_router(service), feedback_router(service)):
        api.include_router(router)
    app.include_router(api)
    app.include_router(health_router(service))
    app.include_router(pages_router(service))
    _close_the_rest(app)
    app.mount("/page/docs", StaticFiles(directory=SWAGGER))
    app.mount("/page", StaticFiles(directory=STATIC))
    app.add_api_route("/docs", _docs, include_in_schema=False)
    add_problem_handlers(app)
    _add_page_handlers(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    if chat:
        _mount_chat(app, answering)
    app.add_middleware(Shell)
    app.add_middleware(Gate, hosts=hosts)
    return app


def _close_the_rest(app: FastAPI) -> None:
    """Answer for addresses and methods that the API does not have, before Gradio, which is mounted at /, would."""
    every = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    methods: dict[str, set[str]] = {}
    for path, operations in _openapi(app)["paths"].items():
        known = "/api/v1/clauses/{clause_id:path}" if path == "/api/v1/clauses/{clause_id}" else path
        methods.setdefault(known, set()).update(operation.upper() for operation in operations)

    def closing(allowed: set[str]) -> Callable[[], Awaitable[None]]:
        async def close() -> None:
            raise HTTPException(
                405, f"this address takes {' and '.join(sorted(allowed))} only", {"Allow": ", ".join(sorted(allowed))}
            )

        return close

    for path, allowed in methods.items():
        app.add_api_route(path, closing(allowed), methods=sorted(every - allowed), include_in_schema=False)

    async def nothing() -> None:
        raise HTTPException(404)

    app.add_api_route("/api/{rest:path}", nothing, methods=sorted(every), include_in_schema=False)


def _mount_chat(app: FastAPI, answering: Answering) -> None:
    from assistant.chat.page import build_page

    import gradio as gr  # isort: skip  # after the page, which switches its analytics off

    gr.mount_gradio_app(
        app,
        build_page(answering),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=0,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        ssr_mode=False,
    )


def _lifespan(service: Service) -> Any:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=_warm_up, args=(service,), name="warm-up", daemon=True).start()
        yield

    return lifespan


def _warm_up(service: Service) -> None:
    try:
        service.warm_up()
    except (IndexStoreError, EmbedderError, CorpusError) as error:
        log.warning("%s; until then every question is answered with this line", error)


async def _docs() -> Response:
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Policy assistant: the API",
        swagger_js_url="/page/docs/swagger-ui-bundle.js",
        swagger_css_url="/page/docs/swagger-ui.css",
        swagger_favicon_url="/page/icon.svg",
    )


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The description, with the problem details that every route may answer."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas |= problem.pop("$defs", {}) | {"Problem": problem}
        for path in schema["paths"].values():
            for route in path.values():
                invalid = route["responses"].get("422", {}).get("content", {})
                invalid.pop("application/json", None)  # FastAPI's own, which is not what is sent
        app.openapi_schema = schema
    return app.openapi_schema


def _add_page_handlers(app: FastAPI) -> None:
    """Pages answer with a page where the API answers with problem details."""
    of_api = dict(app.exception_handlers)

    def answering_pages(kind: type[Exception], status: int) -> None:
        before = of_api[kind]

        async def handler(request: Request, error: Exception) -> Response:
            if request.url.path.startswith(("/api/", "/healthz", "/readyz", "/gradio_api/")):
                told_by_api: Response = await before(request, error)
                return told_by_api
            told = error.detail if isinstance(error, HTTPException) else str(error)
            return missing(told, status=error.status_code if isinstance(error, HTTPException) else status)

        app.add_exception_handler(kind, handler)

    for kind, status in (
        (HTTPException, 404),
        (UnknownDocumentError, 404),
        (IndexStoreError, 503),
        (EmbedderError, 503),
    ):
        answering_pages(kind, status)
