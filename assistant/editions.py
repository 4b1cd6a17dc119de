"""Notices on editions: an old one is never passed off as current."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from assistant.composing import Draft
from assistant.models import Notice
from corpus.library import DOCUMENTS_DIR
from corpus.models import Clause, Document
from corpus.register import EditionStatus, Register

_REFERENCES_PATH = DOCUMENTS_DIR / "stale_references.toml"


def edition_of(clause: Clause, document: Document) -> str:
    """The register's id of the edition a clause rests on; "" where the register has none."""
    return clause.edition_id or document.edition_id


def in_force(clause: Clause, document: Document, *, register: Register, on: dt.date) -> bool:
    """Whether the edition that a clause rests on is in force; true where the register knows of no other."""
    status = register.status(edition_of(clause, document), on=on)
    return status is None or status.in_force


def notices(drafts: Sequence[Draft], *, register: Register, on: dt.date) -> list[Notice]:
    """What must be said of the editions behind these statements, once each."""
    found: list[Notice] = []
    statuses = {
        edition: status
        for draft in drafts
        if (edition := edition_of(draft.clause, draft.document))
        and (status := register.status(edition, on=on))
        and status.successor
    }
    found += [Notice(kind=_kind(status), text=_superseded(status)) for status in statuses.values()]
    found += [Notice(kind="stale-reference", text=text) for text in _stale(draft.clause for draft in drafts)]
    if any(draft.document.summary for draft in drafts):
        found.append(
            Notice(kind="summary", text="Guidance is given as a summary in our own words; check the official text at its link.")
        )  # fmt: skip
    return found


def _kind(status: EditionStatus) -> str:
    return "later-edition-reported" if status.in_force else "superseded"


def _superseded(status: EditionStatus) -> str:
    edition, successor = status.edition, status.successor
    assert successor is not None
    remark = edition.superseded_note if edition.superseded_by == successor.id else successor.in_force_note
    if status.in_force:
        told = f"A later edition is reported ({successor.edition})"
    else:
        start = f", in force from {_day(successor.in_force_from)}" if successor.in_force_from else ""
        told = f"This edition is no longer in force. The newer one is {successor.edition}{start}"
    where = f" See {successor.url or edition.url}." if successor.url or edition.url else ""
    note = f" ({remark})" if remark else ""
    return f"{edition.title}, {edition.edition}: {told}{note}. Paragraph numbers and wording may differ.{where}"


def _day(date: dt.date | None) -> str:
    return f"{date.day} {date:%B %Y}" if date else ""


def _stale(clauses: Iterable[Clause]) -> list[str]:
    references = _references()
    told: dict[str, None] = {}
    for clause in clauses:
        for key in (clause.id, clause.parent_id):
            if key in references:
                told[references[key]] = None
    return list(told)


@cache
def _references(path: Path = _REFERENCES_PATH) -> Mapping[str, str]:
    with path.open("rb") as file:
        return {entry["clause"]: entry["note"] for entry in tomllib.load(file)["reference"]}
