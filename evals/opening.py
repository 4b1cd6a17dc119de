"""What every evaluation and every fit starts from: the index of what ships, up to date, and its clauses."""

from __future__ import annotations

from assistant import opening
from corpus.library import shipped_documents
from corpus.models import Clause
from index.store import Store


def open_store() -> Store:
    """The store of the settings, brought up to date."""
    store = opening.open_store()
    store.build(shipped_documents())
    return store


def shipped_clauses() -> dict[str, Clause]:
    """Every clause that ships with the project, by id."""
    return {clause.id: clause for document in shipped_documents() for clause in document.clauses}
