"""Documents from files: those that ship with the project, and those a user adds."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from corpus.clauses import parse_clauses
from corpus.errors import CorpusError
from corpus.identifiers import keep_identifiers, remember, slug
from corpus.models import Authority, Clause, Document
from corpus.readers import read_bytes, read_file
from corpus.readers.encoding import decode
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
    front = _front_matter(path)
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

    What belongs to one edition (its dates, its entry in the register) is not taken over by another.
    known: identifiers given before under this id, with their fingerprints.
    Raises CorpusError where the file or a value cannot be used.
    """
    front = _front_matter(path)
    document_id = document_id or _text(front, "id") or slug(path.stem)
    check_document_id(document_id)
    inherited = _inherited(front, replaces, edition or _text(front, "edition"))
    document = Document(
        id=document_id,
        title=title or _text(front, "title") or inherited.title or path.stem.replace("-", " "),
        publisher=publisher or _text(front, "publisher") or inherited.publisher or "not stated",
        authority=authority or _authority(path, front) or inherited.authority,
        edition=inherited.edition or "not stated",
        edition_id=inherited.edition_id,
        in_force_from=in_force_from or _date(path, front) or inherited.in_force_from,
        url=url or _text(front, "url") or inherited.url,
        licence=_text(front, "licence") or inherited.licence,
        owner=_text(front, "owner") or inherited.owner,
        approved=_text(front, "approved") or inherited.approved,
        next_review=_text(front, "next_review") or inherited.next_review,
        summary=bool(front.get("summary", False)),
        origin="added",
    )
    return replace(document, clauses=_clauses(path, document_id, known or {}))


def standing_for(document: Document, digest: Document, *, titled: bool) -> Document:
    """An added document that turned out to be the official text of a digest: what nobody gave comes from there.

    titled: whether somebody gave it its title.
    """
    unnamed = document.edition == "not stated" or _same(document.edition, digest.edition)
    return replace(
        document,
        stands_for=digest.id,
        publisher=digest.publisher if document.publisher == "not stated" else document.publisher,
        title=document.title if titled else digest.title,
        authority=digest.authority if document.authority is Authority.LOCAL else document.authority,
        edition=digest.edition if unnamed else document.edition,
        edition_id=digest.edition_id if unnamed else document.edition_id,
        in_force_from=document.in_force_from or (digest.in_force_from if unnamed else None),
        url=document.url or digest.url,
        licence=document.licence or digest.licence,
    )


def _inherited(front: Mapping[str, Any], replaces: Document | None, edition: str) -> Document:
    """What an added document takes over, of the edition given: another has dates and a register entry of its own."""
    before = replaces or Document("", "", "", Authority.LOCAL, "")
    named = load_register().get(_text(front, "edition_id"))
    if named and (not edition or _same(edition, named.edition)):
        edition, edition_id, start = named.edition, named.id, named.in_force_from
    else:
        edition_id, start = "", None
    if not edition or _same(edition, before.edition):
        return before
    return replace(before, edition=edition, edition_id=edition_id, in_force_from=start, approved="", next_review="")


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
        kept[document.id] = remember(document.clauses, kept.get(document.id, {}))
    IDENTIFIERS_PATH.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return sum(map(len, kept.values()))


def _clauses(path: Path, document_id: str, known: Mapping[str, str]) -> tuple[Clause, ...]:
    with _naming(path):
        return keep_identifiers(parse_clauses(read_file(path), document_id=document_id), known)


def _text(front: Mapping[str, Any], key: str) -> str:
    value = front.get(key)
    return "" if value is None else str(value)


def _authority(path: Path, front: Mapping[str, Any]) -> Authority | None:
    value = _text(front, "authority")
    try:
        return Authority(value) if value else None
    except ValueError as error:
        allowed = ", ".join(Authority)
        raise CorpusError(
            f"{path.name}: the front matter gives authority {value!r}; it may be one of: {allowed}"
        ) from error


def _date(path: Path, front: Mapping[str, Any]) -> dt.date | None:
    value = _text(front, "in_force_from")
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError as error:
        raise CorpusError(
            f"{path.name}: the front matter gives in_force_from {value!r}; write it as 2026-09-01"
        ) from error


def _same(edition: str, other: str) -> bool:
    return edition.casefold() == other.casefold()


def _front_matter(path: Path) -> Mapping[str, Any]:
    """The front matter of a Markdown file; no other format has any."""
    if path.suffix.lower() not in {".md", ".markdown"}:
        return {}
    with _naming(path):
        return split_front_matter(decode(read_bytes(path)))[0]


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let a message say which file it is about."""
    try:
        yield
    except CorpusError as error:
        message = str(error)
        named = message.startswith((path.name, str(path)))
        raise CorpusError(message if named else f"{path.name}: {message}") from error
