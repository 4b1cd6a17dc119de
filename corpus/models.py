"""The values that pass out of the corpus: blocks, clauses, documents, editions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class Authority(StrEnum):
    """What stands behind a document, strongest first."""

    STATUTORY = "statutory"
    NON_STATUTORY = "non-statutory"
    TRUST_POLICY = "trust-policy"
    LOCAL = "local"


class Modality(StrEnum):
    """How strongly a clause binds; never blurred on its way to an answer."""

    MUST = "must"
    MUST_NOT = "must not"
    SHOULD = "should"
    SHOULD_NOT = "should not"
    WILL = "will"  # what a policy commits its own schools to
    MAY = "may"
    INFORMATION = "information"


class Stage(StrEnum):
    """Where in a procedure a clause falls."""

    BEFORE = "before"
    DECISION = "decision"  # on, or without delay after, the decision
    DURING = "during"
    AFTER = "after"
    ALWAYS = "always"


class BlockKind(StrEnum):
    """The shapes a reader finds on a page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item or table row, in reading order.

    level: a heading's rank (1 to 6) or an item's depth (1 outermost); 0 otherwise.
    number: as printed, without its full stop or brackets: "60", "2.19", "a"; "" if none.
    page: 1-based page of the file where the block starts, where the format has pages.
    footnotes: texts of the notes referred to in the block, kept out of its text.
    tag: a digest's tag line (see corpus/documents/README.md), verbatim; "" if none.
    """

    kind: BlockKind
    text: str
    level: int = 0
    number: str = ""
    page: int | None = None
    footnotes: tuple[str, ...] = ()
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a document, as the register (documents/sources.toml) records it.

    in_force_from is None where no source seen gives a date; in_force_note keeps
    what was said instead ("reported; text not read"), superseded_note likewise.
    reported: its start is known by report only, and is never said as a fact.
    """

    id: str
    title: str
    publisher: str
    authority: Authority
    edition: str
    in_force_from: dt.date | None = None
    in_force_note: str = ""
    reported: bool = False
    supersedes: str = ""
    superseded_by: str = ""
    superseded_note: str = ""
    url: str = ""
    licence: str = ""
    notes: str = ""
    verified: bool = False


class ClauseKind(StrEnum):
    """A list is its lead-in with all its items; each item is a clause as well."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    LIST = "list"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest unit a person would cite.

    id: what links carry, such as "cwsw/suspensions-and-exclusion/3"; never re-used.
    text: the clause's own words. lead_in: the words it completes ("" if none).
    heading_path: outermost first. locator: how a colleague would name the place.
    parent_id: the list an item belongs to; "" otherwise.
    bound, groups: who has to act, and which pupils it concerns (vocabulary words).
    fingerprint: of the words alone, so that a clause is known after it has moved.
    edition_id: the register entry its words rest on; "" if that of its document.
    """

    id: str
    document_id: str
    kind: ClauseKind
    text: str
    heading_path: tuple[str, ...]
    locator: str
    fingerprint: str
    lead_in: str = ""
    number: str = ""
    page: int | None = None
    parent_id: str = ""
    footnotes: tuple[str, ...] = ()
    modality: Modality = Modality.INFORMATION
    bound: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    stage: Stage = Stage.ALWAYS
    when: str = ""
    reference: str = ""
    edition_id: str = ""
    url: str = ""

    @property
    def full_text(self) -> str:
        """The clause as it reads on the page: its lead-in, then its own words."""
        return f"{self.lead_in} {self.text}" if self.lead_in else self.text


@dataclass(frozen=True, slots=True)
class Document:
    """A document and its clauses in reading order.

    summary: true for a digest, whose words are ours and never the official text.
    origin: "shipped" with the project, or "added" by a user of this data directory.
    stands_for: the digest that this official text takes the place of, where it has an id of its own.
    """

    id: str
    title: str
    publisher: str
    authority: Authority
    edition: str
    edition_id: str = ""
    in_force_from: dt.date | None = None
    url: str = ""
    licence: str = ""
    owner: str = ""
    approved: str = ""
    next_review: str = ""
    summary: bool = False
    origin: str = "shipped"
    stands_for: str = ""
    clauses: tuple[Clause, ...] = field(default=(), repr=False)
