"""Notices on editions: an old one is never passed off as current."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from assistant.composing import Draft
from assistant.models import Notice
from corpus.models import Clause, Document, Edition
from corpus.register import REGISTER_PATH, EditionStatus, Register

_REFERENCES_PATH = REGISTER_PATH.with_name("stale_references.toml")
# Of what the answer itself says: figures of a year that is over, details to act on that have changed, words in doubt.
_DUE = "later-edition-expected"
_TO_BE_READ_FIRST = frozenset({"out-of-date-details", "unclear-wording"})
_SUMMARY = "Guidance is given as a summary in our own words; check the official text at its link."


def edition_of(clause: Clause, document: Document) -> str:
    """The register's id of the edition a clause rests on; "" where the register has none."""
    return clause.edition_id or document.edition_id


def in_force(clause: Clause, document: Document, *, register: Register, on: dt.date) -> bool:
    """Whether the edition that a clause rests on is in force; true where the register knows of no other."""
    status = register.status(edition_of(clause, document), on=on)
    return status is None or status.in_force


def notices(drafts: Sequence[Draft], *, register: Register, on: dt.date) -> list[Notice]:
    """What must be said of the editions behind these statements, once each."""
    said = [draft for draft in drafts if not draft.see_also]
    relied_on = {edition_of(draft.clause, draft.document) for draft in said}
    editions = dict.fromkeys(edition_of(draft.clause, draft.document) for draft in drafts)
    statuses = [status for edition in editions if (status := register.status(edition, on=on))]
    found = [
        notice.model_copy(update={"first": notice.kind == _DUE and status.edition.id in relied_on})
        for status in statuses
        if (notice := _of_edition(status))
    ]
    first = set(_noted(draft.clause for draft in said))
    found += [
        notice.model_copy(update={"first": notice.kind in _TO_BE_READ_FIRST and notice in first})
        for notice in _noted(draft.clause for draft in drafts)
    ]
    if any(draft.document.summary for draft in drafts):
        found.append(Notice(kind="summary", text=_SUMMARY))
    return found


def _of_edition(status: EditionStatus) -> Notice | None:
    """What to say of an edition that has, or is said to have, a later one; None for the newest."""
    edition, successor = status.edition, status.successor
    if successor is None:
        if not edition.superseded_by:
            return None
        kind, told, remark = _DUE, "A later edition is due and is not held here", ""
    elif status.in_force:
        kind, told = "later-edition-reported", f"A later edition is reported ({successor.edition})"
        remark = _remark(edition, successor)
    else:
        start = f", in force from {_day(successor.in_force_from)}" if successor.in_force_from else ""
        ended = "is reported to be" if successor.reported else "is"
        kind, told = (
            "superseded",
            f"This edition {ended} no longer in force. The newer one is {successor.edition}{start}",
        )
        remark = _remark(edition, successor)
    url = (successor.url if successor else "") or edition.url
    sentences = [
        f"{edition.title}, {edition.edition}: {told}{remark}.",
        "Paragraph numbers and wording may differ." if successor else "Figures and wording may differ.",
        f"See {url}" if url else "",
    ]
    return Notice(kind=kind, text=" ".join(filter(None, sentences)))


def _remark(edition: Edition, successor: Edition) -> str:
    """How sure the register is of the later edition, in brackets."""
    note = edition.superseded_note if edition.superseded_by == successor.id else successor.in_force_note
    return f" ({note})" if note else ""


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


def _noted(clauses: Iterable[Clause]) -> list[Notice]:
    """The notes on clauses, or on lists that they are items of, that cite what is no longer current or are unclear."""
    references = _references()
    keys = (key for clause in clauses for key in (clause.id, clause.parent_id))
    return list(dict.fromkeys(references[key] for key in keys if key in references))


@cache
def _references(path: Path = _REFERENCES_PATH) -> Mapping[str, Notice]:
    with path.open("rb") as file:
        entries = tomllib.load(file)["reference"]
    return {entry["clause"]: Notice(kind=entry.get("kind", "stale-reference"), text=entry["note"]) for entry in entries}
