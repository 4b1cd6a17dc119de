"""What the tests of this room share: the shipped clauses, and an assistant over the real index on a fixed day."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.answering import Assistant
from corpus.library import shipped_documents
from corpus.models import Clause, Document
from index.search import Searcher

TODAY = dt.date(2026, 11, 23)  # a day after the editions of 2026 came into force


@pytest.fixture(scope="session")
def real_documents() -> dict[str, Document]:
    """The documents that ship with the project, by id."""
    return {document.id: document for document in shipped_documents()}


@pytest.fixture(scope="session")
def shipped_clauses(real_documents: dict[str, Document]) -> list[Clause]:
    return [clause for document in real_documents.values() for clause in document.clauses]


@pytest.fixture(scope="session")
def assistant(real_searcher: Searcher) -> Assistant:
    return Assistant(real_searcher, today=TODAY)
