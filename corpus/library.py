"""Documents from files: those that ship with the project, and those a user adds."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from corpus.clauses import parse_clauses
from corpus.errors import CorpusError
from corpus.identifiers import keep_identifiers, slug
from corpus.models import Authority, Clause, Document, Edition
from corpus.readers import read_bytes, read_file
from corpus.readers.markdown import split_front_matter
from corpus.register import load_register

DOCUMENTS_DIR = Path(__file__).parent / "documents"
# Every identifier ever given to a shipped clause, with its fingerprint: what keeps old links alive.
IDENTIFIERS_PATH = DOCUMENTS_DIR / "identifiers.json"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")


def shipped_documents() -> list[Document]:
    """The policy and the digests, parsed, in the order of their file names, the policy first."""
    known = known_identifiers()
    paths = sorted(path for path in DOCUMENTS_DIR.glob("*.md") if path.name != "README.md")
    documents = [load_shipped(path, known=known) for path in paths]
    return sorted(documents, key=lambda document: (document.summary, document.id))


@cache
def known_identifiers() -> Mapping[str, Mapping[str, str]]:
    """Identifier to fingerprint, by document, as identifiers.json keeps them."""
    return json.loads(IDENTIFIERS_PATH.read_text("utf-8")) if IDENTIFIERS_PATH.exists() else {}


def load_shipped(path: Path, *, known: Mapping[str, Mapping[str, str]]) -> Document:
    """Read one Markdown file of the project with its front matter (format: documents/README.md)."""
    front, _ = split_front_matter(read_bytes(path).decode("utf-8-sig"))
    edition = load_register().get(str(front.get("edition_id", "")))
    if front.get("edition_id") and edition is None:
        raise CorpusError(f"{path.name}: edition_id {front['edition_id']!r} is not in sources.toml; add it there")
    document_id = str(front.get("id") or path.stem)
    return Document(
        id=document_id,
        title=str(front.get("title") or path.stem),
        publisher=_text(front, "publisher") or (edition.publisher if edition else "Bushey St James Trust"),
        authority=Authority(_text(front, "authority") or (edition.authority if edition else Authority.LOCAL)),
        edition=_text(front, "edition") or (edition.edition if edition else ""),
        edition_id=edition.id if edition else "",
        in_force_from=edition.in_force_from if edition else None,
        url=_text(front, "url") or (edition.url if edition else ""),
        licence=edition.licence if edition else "",
        owner=_text(front, "owner"),
        approved=_text(front, "approved"),
        next_review=_text(front, "next_review"),
        summary=bool(front.get("summary", False)),
        clauses=_clauses(path, document_id, known.get(document_id, {})),
    )


def load_added(
    path: Path,
    *,
    document_id: str = "",
    title: str = "",
    publisher: str = "",
    authority: Authority | None = None,
    edition: str = "",
    in_force_from: dt.date | None = None,
    url: str = "",
    replaces: Document | None = None,
    known: Mapping[str, str] | None = None,
) -> Document:
    """Read a file that a user adds; what is not given is taken from its front matter or the document it replaces.

    known: identifiers given before under this id, with their fingerprints.
    Raises CorpusError where the file or a value cannot be used.
    """
    front: Mapping[str, Any] = {}
    if path.suffix.lower() in {".md", ".markdown"}:
        front, _ = split_front_matter(_decoded(path))
    document_id = document_id or _text(front, "id") or slug(path.stem)
    check_document_id(document_id)
    register_entry = load_register().get(_text(front, "edition_id") or (replaces.edition_id if replaces else ""))
    document = Document(
        id=document_id,
        title=title or _text(front, "title") or (replaces.title if replaces else path.stem.replace("-", " ")),
        publisher=publisher or _text(front, "publisher") or (replaces.publisher if replaces else "not stated"),
        authority=authority or _authority(front) or (replaces.authority if replaces else Authority.LOCAL),
        edition=edition or _text(front, "edition") or (replaces.edition if replaces else "not stated"),
        # A new edition under an old id no longer rests on the register's entry of the old one.
        edition_id=register_entry.id if register_entry and _same_edition(edition, register_entry) else "",
        in_force_from=in_force_from or (replaces.in_force_from if replaces and not edition else None),
        url=url or _text(front, "url") or (replaces.url if replaces else ""),
        licence=replaces.licence if replaces else "",
        origin="added",
    )
    return replace(document, clauses=_clauses(path, document_id, known or {}))


def check_document_id(document_id: str) -> None:
    """Raises CorpusError unless the id is 2 to 64 lower-case letters, digits and hyphens."""
    if not _ID.fullmatch(document_id):
        raise CorpusError(
            f"the id {document_id!r} cannot be part of a link: use 2 to 64 lower-case letters, digits and hyphens"
        )


def write_identifiers() -> int:
    """Add the identifiers of today's clauses to identifiers.json; return how many it holds."""
    kept = {document: dict(ids) for document, ids in known_identifiers().items()}
    for document in shipped_documents():
        kept.setdefault(document.id, {}).update({clause.id: clause.fingerprint for clause in document.clauses})
    IDENTIFIERS_PATH.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return sum(map(len, kept.values()))


def _clauses(path: Path, document_id: str, known: Mapping[str, str]) -> tuple[Clause, ...]:
    try:
        return keep_identifiers(parse_clauses(read_file(path), document_id=document_id), known)
    except CorpusError as error:
        message = str(error)
        raise CorpusError(message if message.startswith(path.name) else f"{path.name}: {message}") from error


def _text(front: Mapping[str, Any], key: str) -> str:
    value = front.get(key)
    return "" if value is None else str(value)


def _authority(front: Mapping[str, Any]) -> Authority | None:
    value = _text(front, "authority")
    try:
        return Authority(value) if value else None
    except ValueError as error:
        allowed = ", ".join(Authority)
        raise CorpusError(f"the front matter gives authority {value!r}; it may be one of: {allowed}") from error


def _same_edition(edition: str, entry: Edition) -> bool:
    return not edition or edition.casefold() == entry.edition.casefold()


def _decoded(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path.name}: the file is not UTF-8 text; save it as UTF-8") from error
