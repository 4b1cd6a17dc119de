"""What tests of the API, the pages and the chat share: a service over the ten clauses, and over the real index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.server.app import create_app
from assistant.service import Service
from index.store import Store
from tests.index.fakes import ten_clauses

TODAY = dt.date(2026, 11, 23)
HOST = "http://127.0.0.1:7860"


@pytest.fixture
def service(make_store: Callable[..., Store]) -> Service:
    """Over the ten clauses, with a data directory of the test's own."""
    store = make_store()
    store.build(ten_clauses())
    return Service(store, today=lambda: TODAY)


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    """The application without the chat page; errors come as responses, as a user would get them."""
    with TestClient(create_app(service, chat=False), base_url=HOST, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def real_service(real_store: Store, tmp_path: Path) -> Service:
    """Over the real index; what is written (the archive, feedback) goes into the test's own folder."""
    service = Service(real_store, today=lambda: TODAY)
    service.archive.path = tmp_path / "past.sqlite3"
    return service


@pytest.fixture
def real_client(real_service: Service) -> Iterator[TestClient]:
    app = create_app(real_service, chat=False)
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as client:
        yield client
