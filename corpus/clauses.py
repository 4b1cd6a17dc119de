"""Blocks in, clauses out: the one clause parser behind every reader. Pure, and the most tested file here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from corpus.identifiers import fingerprint, short_heading, slug
from corpus.models import Block, BlockKind, Clause, ClauseKind
from corpus.outline import OPENING, Node, Section, outline
from corpus.sentences import chunks, sentences
from corpus.tags import Tags, infer_tags, read_tag_line

MAX_CLAUSE_CHARS = 2500  # no clause is longer, lead-in included
_PART_CHARS = 1800  # where an over-long paragraph is parted
_MAX_LEAD_IN_CHARS = 1200
_REFERENCE = re.compile(r"(?:(?P<annex>Annex \w+), )?(?P<what>paragraph|page)s? (?P<number>\d+(?:\.\d+)*)")


def parse_clauses(blocks: Iterable[Block], *, document_id: str) -> tuple[Clause, ...]:
    """Parse blocks in reading order into clauses in reading order, each list before its items.

    Identifiers are unique within the document. Raises CorpusError for a tag line that cannot be read.
    """
    emitter = _Emitter(document_id)
    for section in outline(list(blocks)):
        emitter.section(section)
    return tuple(emitter.clauses)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a clause stands, what it is called by, and what it completes."""

    path: tuple[str, ...]
    identifier: str
    locator: str
    parent: str = ""
    lead_in: str = ""


class _Emitter:
    """Names the nodes of a tree and turns them into clauses, section by section."""

    def __init__(self, document_id: str) -> None:
        self.document_id = document_id
        self.clauses: list[Clause] = []
        self.ids: set[str] = set()
        self.counts: dict[str, Counter[str]] = {}  # of paragraphs, points, rows and lists, by section
        self.numbers: set[str] = set()  # every paragraph number met so far
        self.afresh = ""  # the last paragraph number, where the numbering has started again

    def section(self, section: Section) -> None:
        """Emit what stands under one heading."""
        counts = self.counts.setdefault(section.slug, Counter())
        base = f"{self.document_id}/{section.slug}"
        heading = short_heading(section.path[-1]) if section.path else OPENING
        above: _Place | None = None  # the numbered paragraph that unnumbered ones go on from
        continued = 0
        for node in section.nodes:
            place = _Place(section.path, base, heading)
            if node.bare:
                self._bare_list(node, place, counts)
            elif node.block.kind is BlockKind.ROW:
                counts["row"] += 1
                locator = _at(heading, "row", counts["row"], node.block.page)
                self._node(node, replace(place, identifier=f"{base}/row-{counts['row']}", locator=locator))
            elif node.block.number:
                above, continued = self._numbered(node, place), 0
            elif above:
                continued += 1
                identifier, locator = f"{above.identifier}/p{continued}", f"{above.locator}, continued"
                self._node(node, replace(place, identifier=identifier, locator=locator))
            else:
                counts["p"] += 1
                locator = _at(heading, "paragraph", counts["p"], node.block.page)
                self._node(node, replace(place, identifier=f"{base}/p{counts['p']}", locator=locator))

    def _numbered(self, node: Node, place: _Place) -> _Place:
        """A paragraph known by its printed number; in an annex that counts afresh, by its heading as well."""
        number = node.block.number
        afresh = number in self.numbers or _succeeds(number, self.afresh)
        self.afresh = number if afresh else ""
        self.numbers.add(number)
        if afresh:
            place = replace(
                place, identifier=f"{place.identifier}/{number}", locator=f"{place.locator}, paragraph {number}"
            )
        else:
            place = replace(place, identifier=f"{self.document_id}/{number}", locator=f"paragraph {number}")
        return replace(place, identifier=self._node(node, place))

    def _bare_list(self, node: Node, place: _Place, counts: Counter[str]) -> None:
        """A list without a lead-in: the whole where it is more than one digest's clauses, then its items."""
        counts["list"] += 1
        parent = ""
        if len(node.children) > 1 and not any(child.block.tag for child in node.children):
            suffix = f"-{counts['list']}" if counts["list"] > 1 else ""
            whole = replace(place, identifier=f"{place.identifier}/list{suffix}", locator=f"{place.locator}, the list")
            parent = self._emit(ClauseKind.LIST, node, whole, _listing(node))
        for child in node.children:
            counts["point"] += 1
            label = child.block.number if child.block.number and not child.block.tag else str(counts["point"])
            locator = _at(place.locator, "point", label, child.block.page)
            self._node(child, replace(place, identifier=f"{place.identifier}/{label}", locator=locator, parent=parent))

    def _node(self, node: Node, place: _Place) -> str:
        """A paragraph, row or item; with children, a list and its items. Returns its identifier."""
        if node.children:
            return self._list(node, place)
        if place.parent or node.block.kind is BlockKind.ITEM:
            kind = ClauseKind.ITEM
        else:
            kind = ClauseKind.ROW if node.block.kind is BlockKind.ROW else ClauseKind.PARAGRAPH
        return self._emit(kind, node, place, node.block.text)

    def _list(self, node: Node, place: _Place) -> str:
        """The whole list where it is short enough to cite, else its lead-in alone; then the items."""
        whole = f"{node.block.text}\n{_listing(node)}"
        fits = len(place.lead_in) + 1 + len(whole) <= MAX_CLAUSE_CHARS
        own = self._emit(
            ClauseKind.LIST if fits else ClauseKind.PARAGRAPH, node, place, whole if fits else node.block.text
        )
        inner = replace(place, parent=own, lead_in=_lead_in(place.lead_in, node.block.text))
        for position, child in enumerate(node.children, start=1):
            label = child.block.number or str(position)
            self._node(child, replace(inner, identifier=f"{own}/{label}", locator=f"{place.locator}, point {label}"))
        return own

    def _emit(self, kind: ClauseKind, node: Node, place: _Place, text: str) -> str:
        """Append the clause (in parts where it is too long); return the identifier of its first part."""
        block = node.block
        tags = read_tag_line(block.tag) if block.tag else infer_tags(f"{place.lead_in} {text}", ". ".join(place.path))
        identifier, locator = self._by_reference(tags, place)
        lead_in = place.lead_in if len(place.lead_in) <= _MAX_LEAD_IN_CHARS else ""
        limit = MAX_CLAUSE_CHARS - len(lead_in) - 1
        parts = [text] if len(text) <= limit else chunks(text, min(_PART_CHARS, limit))
        ids = [self._unique(f"{identifier}-part-{n}" if n > 1 else identifier) for n in range(1, len(parts) + 1)]
        for index, part in enumerate(parts):
            # A list is known by its lead-in, so that it keeps its name when an item comes or goes.
            words = block.text if kind is ClauseKind.LIST else f"{lead_in} {part}"
            clause = Clause(
                id=ids[index],
                document_id=self.document_id,
                kind=kind,
                text=part,
                heading_path=place.path,
                locator=locator if len(parts) == 1 else f"{locator}, part {index + 1}",
                fingerprint=fingerprint(words),
                lead_in=lead_in,
                number=block.number,
                page=block.page,
                parent_id=place.parent,
                footnotes=block.footnotes if index == 0 else (),
                **_fields(tags),
            )
            self.clauses.append(clause)
        return ids[0]

    def _by_reference(self, tags: Tags, place: _Place) -> tuple[str, str]:
        """A digest's clause is known by the paragraph or page it sums up, where that was verified."""
        if not tags.reference:
            return place.identifier, place.locator
        match = _REFERENCE.match(tags.reference)
        if tags.source or not match:
            return place.identifier, f"{place.locator} ({tags.reference})"
        number = match["number"] if match["what"] == "paragraph" else f"page-{match['number']}"
        annex = f"{slug(match['annex'])}/" if match["annex"] else ""
        return f"{self.document_id}/{annex}{number}", tags.reference

    def _unique(self, identifier: str) -> str:
        candidate, number = identifier, 2
        while candidate in self.ids:
            candidate, number = f"{identifier}-{number}", number + 1
        self.ids.add(candidate)
        return candidate


def _succeeds(number: str, last: str) -> bool:
    """Whether one number comes next after another: 8 after 7, 2.20 after 2.19."""
    stem, _, figure = last.rpartition(".")
    return figure.isdecimal() and number == f"{stem}.{int(figure) + 1}".lstrip(".")


def _fields(tags: Tags) -> dict[str, Any]:
    return {
        "modality": tags.modality,
        "bound": tags.bound,
        "groups": tags.groups,
        "stage": tags.stage,
        "when": tags.when,
        "reference": tags.reference,
        "edition_id": tags.source,
        "url": tags.seen_at,
    }


def _at(heading: str, word: str, label: int | str, page: int | None) -> str:
    return f"{heading}, page {page}" if page else f"{heading}, {word} {label}"


def _lead_in(above: str, text: str) -> str:
    """What an item completes: the last sentence of its lead-in.

    Where that is half a sentence, the lead-in above it comes first.
    """
    if not text:
        return above
    last = sentences(text)[-1]
    return f"{above} {last}" if above and last[:1].islower() else last


def _listing(node: Node) -> str:
    """The items of a list as lines, each with its letter or a dash, sub-lists indented."""
    return "\n".join(_lines(node, ""))


def _lines(node: Node, indent: str) -> Iterator[str]:
    for child in node.children:
        mark = f"({child.block.number})" if child.block.number else "-"
        item = child.block.kind is BlockKind.ITEM
        yield f"{indent}{mark} {child.block.text}" if item else f"{indent}{child.block.text}"
        yield from _lines(child, f"{indent}  ")
