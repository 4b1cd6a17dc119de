"""What documents said before they were replaced: what keeps a link to an old clause readable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from pydantic import TypeAdapter

from corpus.library import shipped_documents
from corpus.models import Document
from index.store import Store

_metadata = sa.MetaData()
_past = sa.Table(
    "past_documents",
    _metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("content_hash", sa.Text, primary_key=True),
    sa.Column("replaced_at", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
_DOCUMENT = TypeAdapter(Document)


class Archive:
    """past.sqlite3 in the data directory: every document as it stood before a change, once."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "past.sqlite3"

    def keep(self, store: Store, document_ids: Iterable[str]) -> None:
        """Keep the recorded state of these documents, before they are replaced or removed; others are passed over."""
        if not store.exists():
            return
        wanted = set(document_ids)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        rows = [
            {
                "document_id": summary.document.id,
                "content_hash": summary.content_hash,
                "replaced_at": now,
                "document": _DOCUMENT.dump_json(store.record.document(summary.document.id)).decode(),
            }
            for summary in store.record.documents()
            if summary.document.id in wanted
        ]
        if rows:
            with self._engine().begin() as connection:
                _metadata.create_all(connection)
                connection.execute(sa.insert(_past).prefix_with("OR REPLACE"), rows)

    def before(self, document_id: str) -> list[Document]:
        """The earlier states of a document, the newest first, the digest that ships under its id last."""
        found = self._read(document_id)
        shipped = _shipped().get(document_id)
        return [*found, shipped] if shipped and shipped not in found else found

    def _read(self, document_id: str) -> list[Document]:
        if not self.path.exists():
            return []
        query = sa.select(_past.c.document).where(_past.c.document_id == document_id)
        with self._engine().connect() as connection:
            rows = connection.execute(query.order_by(_past.c.replaced_at.desc())).scalars().all()
        return [_DOCUMENT.validate_json(row) for row in rows]

    def _engine(self) -> sa.Engine:
        # No pool: the file is opened for a moment now and then, by a command or by a page of an old clause.
        return sa.create_engine(f"sqlite:///{self.path}", poolclass=sa.NullPool, connect_args={"timeout": 30})


@cache
def _shipped() -> dict[str, Document]:
    return {document.id: document for document in shipped_documents()}
