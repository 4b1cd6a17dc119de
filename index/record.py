"""The record: documents, clauses, vectors and the keyword index in one SQLite file, changed in transactions.

What is committed here is whole and answerable; everything else (snapshot.py) is derived from it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from corpus.models import Authority, Clause, ClauseKind, Document, Modality, Stage
from index.embedding import EmbedderIdentity, Vectors
from index.errors import IndexBusyError, IndexStoreError, UnknownDocumentError
from index.passages import FIRST_QUESTION, Passage

SCHEMA_VERSION = 1
_metadata = sa.MetaData()
_documents = sa.Table(
    "documents",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("added_at", sa.Text, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
)
_clauses = sa.Table(
    "clauses",
    _metadata,
    sa.Column("row", sa.Integer, primary_key=True),  # the keyword index knows a clause by its row
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("document_id", sa.Text, sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("parent_id", sa.Text, nullable=False, index=True),
    sa.Column("number", sa.Text, nullable=False, index=True),
    sa.Column("fields", sa.Text, nullable=False),
)
_passages = sa.Table(
    "passages",
    _metadata,
    sa.Column("clause_id", sa.Text, sa.ForeignKey("clauses.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, index=True),
)
_vectors = sa.Table(
    "vectors",
    _metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)
# Every identifier ever given, also of documents and clauses that are gone: none is given twice.
_identifiers = sa.Table(
    "identifiers",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False, index=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
)
# How often each word stands in the clauses: what misspelt questions are mended against.
_words = sa.Table(
    "words",
    _metadata,
    sa.Column("word", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)
_meta = sa.Table("meta", _metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
_KEYWORDS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS keywords USING fts5("
    "heading, lead_in, words, place, asked, tokenize = \"unicode61 remove_diacritics 0 tokenchars '_'\")"
)


@dataclass(frozen=True, slots=True)
class KeywordTerms:
    """The index terms of a clause by field, each a space-separated string."""

    heading: str
    lead_in: str
    words: str
    place: str
    asked: str = ""


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document of the record without its clauses. size: how many clauses it has."""

    document: Document
    size: int
    content_hash: str
    added_at: str


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """All that one transaction writes: the document, its passages, its index terms, its content hash."""

    document: Document
    passages: Sequence[Passage]
    terms: Mapping[str, KeywordTerms]
    content_hash: str


class Record:
    """One SQLite file. Reading never locks out reading; writing is one transaction a change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        sa.event.listen(self._engine, "connect", _on_connect)
        version = self._schema() or self._create()
        if version != str(SCHEMA_VERSION):
            raise IndexStoreError(
                f"{path} was written by another version of this program (schema {version}); "
                "move the data directory away and run `assistant index build`"
            )

    def close(self) -> None:
        self._engine.dispose()

    def _schema(self) -> str | None:
        with self._reading() as connection:
            return _get_meta(connection, "schema") if sa.inspect(connection).has_table("meta") else None

    def _create(self) -> str:
        """Make the tables, all or none; where another process was first, find its."""
        with self._transaction() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _metadata.create_all(connection)
            connection.exec_driver_sql(_KEYWORDS)
            version = _get_meta(connection, "schema")
            if version is None:
                version = str(SCHEMA_VERSION)
                _set_meta(connection, schema=version, generation="0")
            return version

    # --- reading ---------------------------------------------------------------------------------

    @property
    def generation(self) -> int:
        """Raised by every change; derived indexes carry the generation they were built from."""
        with self._reading() as connection:  # plain SQL: every question asks for it several times
            value = connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'generation'").scalar()
        return int(value or 0)

    def embedder_identity(self) -> EmbedderIdentity | None:
        value = self._get_meta("embedder")
        return EmbedderIdentity(**json.loads(value)) if value else None

    def documents(self) -> list[DocumentSummary]:
        """All documents, the shipped ones first, by id."""
        count = sa.select(sa.func.count()).where(_clauses.c.document_id == _documents.c.id).scalar_subquery()
        with self._reading() as connection:
            rows = connection.execute(sa.select(_documents, count.label("size"))).all()
        found = [
            DocumentSummary(_read_document(row.fields), int(row.size), row.content_hash, row.added_at) for row in rows
        ]
        return sorted(found, key=lambda summary: (summary.document.origin != "shipped", summary.document.id))

    def document(self, document_id: str) -> Document:
        """The document with all its clauses. Raises UnknownDocumentError."""
        with self._reading() as connection:
            row = connection.execute(sa.select(_documents).where(_documents.c.id == document_id)).first()
            if row is None:
                known = ", ".join(connection.execute(sa.select(_documents.c.id).order_by(_documents.c.id)).scalars())
                raise UnknownDocumentError(f"there is no document {document_id!r}; there are: {known or 'none yet'}")
            clauses = connection.execute(
                sa.select(_clauses.c.fields).where(_clauses.c.document_id == document_id).order_by(_clauses.c.position)
            ).scalars()
            return replace(_read_document(row.fields), clauses=tuple(map(_read_clause, clauses)))

    def clauses(self, ids: Iterable[str]) -> dict[str, Clause]:
        """The clauses of these ids; unknown ids are absent."""
        wanted = list(dict.fromkeys(ids))
        return {clause.id: clause for clause in self._clauses_where(_clauses.c.id.in_(wanted))} if wanted else {}

    def items_of(self, list_ids: Iterable[str]) -> dict[str, list[Clause]]:
        """The items of lists, in order, by the list's id."""
        items: dict[str, list[Clause]] = {}
        for clause in self._clauses_where(_clauses.c.parent_id.in_(list(list_ids))):
            items.setdefault(clause.parent_id, []).append(clause)
        return items

    def neighbours(self, clause: Clause) -> tuple[str, str]:
        """The ids of the clauses before and after one in its document; "" where there is none."""
        here = sa.select(_clauses.c.position).where(_clauses.c.id == clause.id).scalar_subquery()
        query = sa.select(_clauses.c.id).where(_clauses.c.document_id == clause.document_id)
        before = query.where(_clauses.c.position < here).order_by(_clauses.c.position.desc()).limit(1)
        after = query.where(_clauses.c.position > here).order_by(_clauses.c.position).limit(1)
        with self._reading() as connection:
            return connection.execute(before).scalar() or "", connection.execute(after).scalar() or ""

    def numbered(self, number: str, document_ids: Sequence[str] = ()) -> list[Clause]:
        """The clauses that are paragraph `number` of a document, or sum it up."""
        condition = _clauses.c.number == number
        if document_ids:
            condition = condition & _clauses.c.document_id.in_(document_ids)
        return self._clauses_where(condition)

    def keyword_search(
        self, expression: str, *, limit: int, document_ids: Sequence[str] = ()
    ) -> list[tuple[str, float]]:
        """Clause ids with their BM25 scores, best first, for an FTS5 expression; higher is better."""
        # FTS5 ranks by bm25() over the columns heading, lead_in, words, place, asked; its scores are negative.
        where = "AND clauses.document_id IN :documents" if document_ids else ""
        statement = sa.text(
            "SELECT clauses.id, -bm25(keywords, 1.2, 0.6, 1.0, 0.8, 0.7) AS score FROM keywords "
            f"JOIN clauses ON clauses.row = keywords.rowid WHERE keywords MATCH :expression {where} "
            "ORDER BY score DESC, clauses.id LIMIT :limit"
        )
        values: dict[str, Any] = {"expression": expression, "limit": limit}
        if document_ids:
            statement = statement.bindparams(sa.bindparam("documents", expanding=True))
            values["documents"] = list(document_ids)
        with self._reading() as connection:
            return [(row.id, float(row.score)) for row in connection.execute(statement, values)]

    def term_counts(self) -> dict[str, int]:
        """In how many clauses each index term stands."""
        with self._reading() as connection:
            rows = connection.exec_driver_sql("SELECT term, doc FROM keyword_terms")
            return {str(term): int(count) for term, count in rows}

    def words(self) -> dict[str, int]:
        """The words of all clauses in lower case, with how often each stands there."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(_words).where(_words.c.count > 0))
            return {str(word): int(count) for word, count in rows}

    def passages(self, document_id: str = "") -> Iterator[tuple[Passage, Vectors]]:
        """Every passage, or every one of a document, with its vector, in reading order."""
        query = (
            sa.select(_passages, _vectors.c.vector)
            .join(_vectors, _vectors.c.key == _passages.c.key)
            .join(_clauses, _clauses.c.id == _passages.c.clause_id)
            .order_by(_clauses.c.document_id, _clauses.c.position, _passages.c.number)
        )
        if document_id:
            query = query.where(_clauses.c.document_id == document_id)
        with self._reading() as connection:
            for row in connection.execute(query):
                vector = np.frombuffer(row.vector, dtype=np.float32)
                yield Passage(row.clause_id, row.number, row.text), vector

    def own_vectors(self, clause_ids: Iterable[str]) -> dict[str, Vectors]:
        """The vectors of each clause's own passages, not of questions for it; shape (passages, dimension)."""
        wanted = list(clause_ids)
        query = (
            sa.select(_passages.c.clause_id, _vectors.c.vector)
            .join(_vectors, _vectors.c.key == _passages.c.key)
            .where(_passages.c.clause_id.in_(wanted), _passages.c.number < FIRST_QUESTION)
            .order_by(_passages.c.clause_id, _passages.c.number)
        )
        if not wanted:
            return {}
        with self._reading() as connection:
            rows = connection.execute(query).all()
        own: dict[str, list[Vectors]] = {}
        for row in rows:
            own.setdefault(row.clause_id, []).append(np.frombuffer(row.vector, np.float32))
        return {id_: np.stack(vectors) for id_, vectors in own.items()}

    def documents_asked_about(self) -> set[str]:
        """The documents that questions were written for."""
        query = (
            sa.select(_clauses.c.document_id)
            .join(_passages, _passages.c.clause_id == _clauses.c.id)
            .where(_passages.c.number >= FIRST_QUESTION)
            .distinct()
        )
        with self._reading() as connection:
            return set(connection.execute(query).scalars())

    def known_vectors(self, keys: Iterable[str]) -> set[str]:
        """Which of these passage keys already have a vector."""
        with self._reading() as connection:
            stored = set(connection.execute(sa.select(_vectors.c.key)).scalars())
        return stored.intersection(keys)

    def known_identifiers(self, document_id: str) -> dict[str, str]:
        """Identifier to fingerprint, for every identifier ever given in a document."""
        query = sa.select(_identifiers.c.id, _identifiers.c.fingerprint).where(
            _identifiers.c.document_id == document_id
        )
        with self._reading() as connection:
            return {row.id: row.fingerprint for row in connection.execute(query)}

    def counts(self) -> dict[str, int]:
        """How many documents, clauses, passages and vectors there are."""
        tables = {"documents": _documents, "clauses": _clauses, "passages": _passages, "vectors": _vectors}
        with self._reading() as connection:
            return {
                name: int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
                for name, table in tables.items()
            }

    # --- writing ---------------------------------------------------------------------------------

    def write(
        self,
        *,
        put: Sequence[IndexedDocument] = (),
        remove: Sequence[str] = (),
        vectors: Mapping[str, Vectors],
        embedder: EmbedderIdentity,
    ) -> int:
        """Put and remove documents in one transaction; return the new generation.

        vectors: by passage key, for the passages that have none yet. A vector of another embedder
        than the one recorded replaces them all: the caller then passes every vector.
        """
        with self._transaction() as connection:
            identity = json.dumps(asdict(embedder))
            if _get_meta(connection, "embedder") not in {None, identity}:
                connection.execute(sa.delete(_vectors))
            for document_id in (*remove, *(item.document.id for item in put)):
                _delete_document(connection, document_id)
            rows = [{"key": key, "vector": np.asarray(v, np.float32).tobytes()} for key, v in vectors.items()]
            if rows:
                connection.execute(sa.text("INSERT OR REPLACE INTO vectors VALUES (:key, :vector)"), rows)
            for item in put:
                _insert_document(connection, item)
            connection.execute(sa.delete(_vectors).where(_vectors.c.key.not_in(sa.select(_passages.c.key))))
            orphans = sa.select(sa.func.count()).where(_passages.c.key.not_in(sa.select(_vectors.c.key)))
            if connection.execute(orphans.select_from(_passages)).scalar_one():
                raise IndexStoreError("some clauses have no vector; run `assistant index build`")
            generation = int(_get_meta(connection, "generation") or 0) + 1
            _set_meta(connection, generation=str(generation), embedder=identity)
            return generation

    def all_passages(self) -> list[Passage]:
        """Every passage, without its vector."""
        with self._reading() as connection:
            return [Passage(row.clause_id, row.number, row.text) for row in connection.execute(sa.select(_passages))]

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except (DatabaseError, sqlite3.DatabaseError) as error:
            raise IndexStoreError(
                f"{self.path} cannot be read ({_reason(error)}); if another program has it open, close that; "
                "if its folder is write-protected, give write permission; if the file is damaged, "
                "move it away, run `assistant index build` and add your documents again"
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except (DatabaseError, sqlite3.DatabaseError) as error:
            if "locked" in str(error):
                raise IndexBusyError("another process is writing to the index; try again when it is done") from error
            raise IndexStoreError(
                f"the index could not be written ({_reason(error)}); nothing was changed; "
                "check the free space and permissions of the data directory"
            ) from error

    def _clauses_where(self, condition: sa.ColumnElement[bool]) -> list[Clause]:
        query = sa.select(_clauses.c.fields).where(condition).order_by(_clauses.c.document_id, _clauses.c.position)
        with self._reading() as connection:
            return [_read_clause(text) for text in connection.execute(query).scalars()]

    def _get_meta(self, key: str) -> str | None:
        with self._reading() as connection:
            return _get_meta(connection, key)


def _on_connect(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # an acknowledged document survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.keyword_terms USING fts5vocab(main, keywords, row)")


def _reason(error: Exception) -> str:
    return " ".join(str(getattr(error, "orig", error)).split())


def _get_meta(connection: sa.Connection, key: str) -> str | None:
    return connection.execute(sa.select(_meta.c.value).where(_meta.c.key == key)).scalar()


def _set_meta(connection: sa.Connection, **values: str) -> None:
    for key, value in values.items():
        connection.execute(sa.text("INSERT OR REPLACE INTO meta VALUES (:key, :value)"), {"key": key, "value": value})


def _delete_document(connection: sa.Connection, document_id: str) -> None:
    query = sa.select(_clauses.c.row, _clauses.c.fields).where(_clauses.c.document_id == document_id)
    rows = connection.execute(query).all()
    if rows:
        connection.execute(sa.text("DELETE FROM keywords WHERE rowid = :row"), [{"row": row.row} for row in rows])
        _count_words(connection, [_read_clause(row.fields) for row in rows], sign=-1)
    connection.execute(sa.delete(_documents).where(_documents.c.id == document_id))


def _insert_document(connection: sa.Connection, item: IndexedDocument) -> None:
    document = item.document
    connection.execute(
        sa.insert(_documents).values(
            id=document.id,
            content_hash=item.content_hash,
            added_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            fields=_write_fields(replace(document, clauses=())),
        )
    )
    for position, clause in enumerate(document.clauses):
        row = connection.execute(
            sa.insert(_clauses).values(
                id=clause.id,
                document_id=document.id,
                position=position,
                parent_id=clause.parent_id,
                number=cited_number(clause),
                fields=_write_fields(clause),
            )
        ).inserted_primary_key
        assert row is not None
        terms = asdict(item.terms[clause.id])
        connection.execute(
            sa.text(
                "INSERT INTO keywords (rowid, heading, lead_in, words, place, asked) "
                "VALUES (:row, :heading, :lead_in, :words, :place, :asked)"
            ),
            {"row": row[0], **terms},
        )
    if not document.clauses:
        return
    _count_words(connection, document.clauses, sign=1)
    connection.execute(
        sa.text("INSERT OR REPLACE INTO identifiers VALUES (:id, :document_id, :fingerprint)"),
        [{"id": c.id, "document_id": document.id, "fingerprint": c.fingerprint} for c in document.clauses],
    )
    connection.execute(
        sa.insert(_passages),
        [{"clause_id": p.clause_id, "number": p.number, "text": p.text, "key": p.key} for p in item.passages],
    )


def _count_words(connection: sa.Connection, clauses: Iterable[Clause], *, sign: int) -> None:
    counts: Counter[str] = Counter()
    for clause in clauses:
        counts.update(re.findall(r"[a-z]+", f"{' '.join(clause.heading_path)} {clause.text}".lower()))
    if counts:
        connection.execute(
            sa.text("INSERT INTO words VALUES (:word, :n) ON CONFLICT (word) DO UPDATE SET count = count + :n"),
            [{"word": word, "n": sign * count} for word, count in counts.items()],
        )


def cited_number(clause: Clause) -> str:
    """The paragraph a clause is, or sums up: what "paragraph 60" looks for; "" if it has none."""
    words = clause.reference.split()
    if len(words) >= 2 and words[0].rstrip("s") == "paragraph" and words[1].rstrip(",").isdigit():
        return words[1].rstrip(",")
    return clause.number if not clause.parent_id else ""


def _write_fields(value: Document | Clause) -> str:
    return json.dumps(asdict(value), ensure_ascii=False, default=str)


def _read_document(text: str) -> Document:
    values = json.loads(text)
    start = values["in_force_from"]
    values |= {
        "authority": Authority(values["authority"]),
        "in_force_from": dt.date.fromisoformat(start) if start else None,
        "clauses": (),
    }
    return Document(**values)


_TUPLES = tuple(field.name for field in fields(Clause) if str(field.type).startswith("tuple"))


def _read_clause(text: str) -> Clause:
    values = json.loads(text)
    for name in _TUPLES:
        values[name] = tuple(values[name])
    values |= {
        "kind": ClauseKind(values["kind"]),
        "modality": Modality(values["modality"]),
        "stage": Stage(values["stage"]),
    }
    return Clause(**values)
