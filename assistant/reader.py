"""Where a link to a clause leads: to the clause, to where it has moved, or to what it once said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant import editions
from assistant.composing import Draft, citation, layer_of
from assistant.models import Citation, Notice
from assistant.service import Service
from corpus.library import known_identifiers
from corpus.models import Clause, Document
from index.errors import UnknownDocumentError
from index.record import cited_number


class Whereabouts(StrEnum):
    """What became of a clause that a link names."""

    HERE = "here"
    MOVED = "moved"  # its words stand under another identifier
    GONE = "gone"  # its words are in no document of today
    UNKNOWN = "unknown"  # there never was such a clause


@dataclass(frozen=True, slots=True)
class Place:
    """A clause in its document. state: "today", "earlier" (before a change) or "newer edition"."""

    clause: Clause
    document: Document
    state: str = "today"


@dataclass(frozen=True, slots=True)
class Found:
    """Where a link leads. place: what to open; None where there is nothing to show.

    others: the same clause in other editions, earlier and later.
    """

    whereabouts: Whereabouts
    place: Place | None = None
    others: tuple[Place, ...] = ()


def find_clause(clause_id: str, service: Service) -> Found:
    """Where a clause is today, and what it says in the other editions that are held."""
    document_id = clause_id.partition("/")[0]
    clause = service.clause(clause_id)
    before = _before(clause_id, document_id, service)
    if clause is not None:
        document = service.document(clause.document_id)
        earlier = [place for place in before if place.clause.full_text != clause.full_text]
        return Found(
            Whereabouts.HERE, Place(clause, document), (*_distinct(earlier), *_in_other_editions(clause, service))
        )
    moved = _moved(clause_id, document_id, service)
    if moved is not None:
        return Found(Whereabouts.MOVED, moved, tuple(_distinct(before)))
    if before:
        return Found(Whereabouts.GONE, before[0], (*_distinct(before[1:]), *_counterparts(before[0].clause, service)))
    return Found(Whereabouts.GONE if _was_given(clause_id, document_id, service) else Whereabouts.UNKNOWN)


def reference_of(place: Place, service: Service) -> Citation:
    """The citation of a whole clause: its authority, edition, and whether that is in force today."""
    clause, document = place.clause, place.document
    draft = Draft(clause.full_text, clause, document, layer_of(clause, document))
    assistant = service.assistant
    force = editions.in_force(clause, document, register=assistant.register, on=service.today)
    return citation(1, draft, register=assistant.register, in_force=force and place.state != "earlier")


def notices_of(places: Sequence[Place], service: Service) -> list[Notice]:
    """What must be said of the editions of these clauses, once each."""
    drafts = [Draft(p.clause.full_text, p.clause, p.document, layer_of(p.clause, p.document)) for p in places]
    return editions.notices(drafts, register=service.assistant.register, on=service.today)


def neighbours(place: Place) -> tuple[str, str]:
    """The ids of the clauses before and after one in its document; "" where there is none."""
    ids = [clause.id for clause in place.document.clauses]
    at = ids.index(place.clause.id)
    return (ids[at - 1] if at else "", ids[at + 1] if at + 1 < len(ids) else "")


def _before(clause_id: str, document_id: str, service: Service) -> list[Place]:
    """What the clause said in earlier states of its document, the newest first."""
    return [
        Place(clause, document, "earlier")
        for document in service.archive.before(document_id)
        for clause in document.clauses
        if clause.id == clause_id
    ]


def _distinct(places: Sequence[Place]) -> list[Place]:
    """Each wording once."""
    return list({place.clause.full_text: place for place in reversed(places)}.values())[::-1]


def _moved(clause_id: str, document_id: str, service: Service) -> Place | None:
    """The clause of the same words, in its own document first, then in any other."""
    print_ = _fingerprint(clause_id, document_id, service)
    if not print_:
        return None
    held = [summary.document.id for summary in service.store.record.documents()]
    for id_ in sorted(held, key=lambda other: other != document_id):
        document = service.document(id_)
        for clause in document.clauses:
            if clause.fingerprint == print_:
                return Place(clause, document)
    return None


def _fingerprint(clause_id: str, document_id: str, service: Service) -> str:
    recorded = service.store.record.known_identifiers(document_id)
    given = recorded.get(clause_id) or known_identifiers().get(document_id, {}).get(clause_id, "")
    return given.removeprefix("-")


def _was_given(clause_id: str, document_id: str, service: Service) -> bool:
    return bool(_fingerprint(clause_id, document_id, service))


def _in_other_editions(clause: Clause, service: Service) -> list[Place]:
    """The same paragraph in a later or an earlier edition that is held as a document of its own."""
    register, document = service.assistant.register, service.document(clause.document_id)
    mine = register.get(clause.edition_id or document.edition_id)
    if mine is None:
        return []
    later, earlier = {mine.superseded_by} - {""}, {mine.supersedes} - {""}
    found: list[Place] = []
    for summary in service.store.record.documents():
        edition_id = summary.document.edition_id
        if summary.document.id == document.id or not edition_id:
            continue
        state = "newer edition" if edition_id in later else "earlier edition" if edition_id in earlier else ""
        if state:
            found += [Place(p.clause, p.document, state) for p in _numbered(clause, summary.document.id, service)]
    return found


def _counterparts(clause: Clause, service: Service) -> list[Place]:
    """The clauses of today with the same printed number in the same document."""
    try:
        return _numbered(clause, clause.document_id, service)
    except UnknownDocumentError:
        return []


def _numbered(clause: Clause, document_id: str, service: Service) -> list[Place]:
    number = cited_number(clause)
    if not number:
        return []
    document = service.document(document_id)
    return [Place(other, document) for other in document.clauses if cited_number(other) == number][:3]
