"""Blocks in, clauses out: the one clause parser behind every reader. Pure, and the most tested file here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.identifiers import fingerprint, short_heading, slug
from corpus.models import Block, BlockKind, Clause, ClauseKind
from corpus.sentences import chunks, sentences
from corpus.tags import Tags, infer_tags, read_tag_line

MAX_CLAUSE_CHARS = 2500  # no clause is longer, lead-in included
_PART_CHARS = 1800  # where an over-long paragraph is parted
_MAX_LEAD_IN_CHARS = 1200
OPENING = "Opening text"  # the place of clauses that stand under no heading


@dataclass(slots=True)
class _Node:
    """A block and what hangs on it: a lead-in with its items, an item with its sub-list."""

    block: Block
    children: list[_Node] = field(default_factory=list)
    bare: bool = False  # a list without a lead-in: its own text is empty


@dataclass(slots=True)
class _Section:
    path: tuple[str, ...]
    slug: str
    nodes: list[_Node] = field(default_factory=list)


def parse_clauses(blocks: Iterable[Block], *, document_id: str) -> tuple[Clause, ...]:
    """Parse blocks in reading order into clauses in reading order, each list before its items.

    Identifiers are unique within the document. Raises CorpusError for a tag line that cannot be read.
    """
    emitter = _Emitter(document_id)
    for section in _sections(list(blocks)):
        emitter.section(section)
    return tuple(emitter.clauses)


# --- blocks to sections of nodes ---------------------------------------------------------------


def _sections(blocks: Sequence[Block]) -> list[_Section]:
    title = _title(blocks)
    stack: list[tuple[int, str]] = []
    slugs: set[str] = set()
    sections = [_Section((), slug(OPENING))]
    for block in blocks:
        if block is title:
            continue
        if block.kind is BlockKind.HEADING:
            while stack and (stack[-1][0] >= block.level or not block.text):
                stack.pop()
            if block.text:
                stack.append((block.level, block.text.rstrip(" :")))
            path = tuple(text for _, text in stack)
            # After a rule the text stands under no heading: it goes on with the opening section.
            sections.append(_Section(path, _section_slug(path, slugs)) if path else sections[0])
        else:
            _attach(sections[-1], block)
    return list({id(section): section for section in sections}.values())


def _title(blocks: Sequence[Block]) -> Block | None:
    """The document's own title: a single first-level heading that comes before any other."""
    headings = [block for block in blocks if block.kind is BlockKind.HEADING and block.text]
    top = [block for block in headings if block.level == 1]
    return top[0] if len(top) == 1 and headings[0] is top[0] and len(headings) > 1 else None


def _section_slug(path: tuple[str, ...], taken: set[str]) -> str:
    """The heading's slug; where another section has it, the heading above joins it, then a number."""
    candidates = [slug(short_heading(path[-1]))]
    if len(path) > 1:
        candidates.append(slug(f"{short_heading(path[-2])} {short_heading(path[-1])}"))
    candidates += [f"{candidates[-1]}-{number}" for number in range(2, 1000)]
    chosen = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(chosen)
    return chosen


def _attach(section: _Section, block: Block) -> None:
    """Hang a block where it belongs: paragraphs on the section, items on their lead-in or list."""
    node = _Node(block)
    if (block.kind is BlockKind.PARAGRAPH and block.level == 0) or block.kind is BlockKind.ROW:
        section.nodes.append(node)
        return
    depth = block.level - 1 if block.kind is BlockKind.ITEM else block.level
    host = _last_item(section, depth)
    siblings = host.children if host else section.nodes
    last = siblings[-1] if siblings else None
    if block.kind is BlockKind.PARAGRAPH:  # a paragraph inside an item
        siblings.append(node)
    elif last and last.block.kind is BlockKind.PARAGRAPH and (last.bare or _is_lead_in(last)):
        last.children.append(node)
    elif host:
        host.children.append(node)
    else:
        bare = _Node(Block(BlockKind.PARAGRAPH, "", page=block.page), [node], bare=True)
        section.nodes.append(bare)


def _last_item(section: _Section, depth: int) -> _Node | None:
    """The open item at a depth (1 outermost), or the deepest there is above it."""
    found: _Node | None = None
    nodes = section.nodes
    while depth > 0 and nodes:
        last = nodes[-1]
        if last.block.kind is BlockKind.PARAGRAPH:  # a lead-in or a bare list is no level of its own
            nodes = last.children
            continue
        found, nodes, depth = last, last.children, depth - 1
    return found


def _is_lead_in(node: _Node) -> bool:
    return not node.block.text.rstrip().endswith((".", "?", "!", "”", "’"))


# --- nodes to clauses ------------------------------------------------------------------------------


class _Emitter:
    """Names the nodes and turns them into clauses, section by section."""

    def __init__(self, document_id: str) -> None:
        self.document_id = document_id
        self.clauses: list[Clause] = []
        self.ids: set[str] = set()
        self.numbers: set[str] = set()

    def section(self, section: _Section) -> None:
        counts = {"p": 0, "point": 0, "row": 0, "list": 0}
        number = ""
        for node in section.nodes:
            base = f"{self.document_id}/{section.slug}"
            place = short_heading(section.path[-1]) if section.path else OPENING
            if node.bare:
                counts["list"] += 1
                self._bare_list(node, section, base, place, counts)
            elif node.block.number and node.block.kind is BlockKind.PARAGRAPH:
                number = node.block.number
                restarted = number in self.numbers
                self.numbers.add(number)
                self._node(
                    node,
                    section,
                    f"{base}/{number}" if restarted else f"{self.document_id}/{number}",
                    f"{place}, paragraph {number}" if restarted else f"paragraph {number}",
                )
                number = self.clauses[-1].id.split("/", 1)[1] if restarted else number
                counts["p"] = 0
            else:
                kind = "row" if node.block.kind is BlockKind.ROW else "p"
                counts[kind] += 1
                word = "row" if kind == "row" else "paragraph"
                if number and kind == "p":  # goes on after the list of a numbered paragraph
                    where = f"paragraph {number.rpartition('/')[2]}, continued"
                    self._node(node, section, f"{self.document_id}/{number}/p{counts['p']}", where)
                else:
                    label = f"{'row-' if kind == 'row' else 'p'}{counts[kind]}"
                    self._node(node, section, f"{base}/{label}", _at(place, word, counts[kind], node.block.page))

    def _bare_list(self, node: _Node, section: _Section, base: str, place: str, counts: dict[str, int]) -> None:
        parent = ""
        if len(node.children) > 1 and not any(child.block.tag for child in node.children):
            suffix = f"-{counts['list']}" if counts["list"] > 1 else ""
            parent = self._emit(
                section, ClauseKind.LIST, f"{base}/list{suffix}", f"{place}, the list", node, "", "", _listing(node)
            )
        for child in node.children:
            counts["point"] += 1
            label = child.block.number if child.block.number and not child.block.tag else str(counts["point"])
            self._item(child, section, f"{base}/{label}", _at(place, "point", label, child.block.page), parent, "")

    def _node(self, node: _Node, section: _Section, identifier: str, locator: str) -> None:
        """A paragraph or row; with children, a list and its items."""
        if not node.children:
            kind = ClauseKind.ROW if node.block.kind is BlockKind.ROW else ClauseKind.PARAGRAPH
            self._emit(section, kind, identifier, locator, node, "", "", node.block.text)
            return
        self._list(node, section, identifier, locator, parent="", lead_in="")

    def _item(self, node: _Node, section: _Section, identifier: str, locator: str, parent: str, lead_in: str) -> None:
        if node.children:
            self._list(node, section, identifier, locator, parent=parent, lead_in=lead_in)
        else:
            self._emit(section, ClauseKind.ITEM, identifier, locator, node, parent, lead_in, node.block.text)

    def _list(
        self, node: _Node, section: _Section, identifier: str, locator: str, *, parent: str, lead_in: str
    ) -> None:
        """The whole list where it is short enough to cite, else its lead-in alone; then the items."""
        whole = f"{node.block.text}{_listing(node, indent='')}" if node.block.text else _listing(node)
        fits = len(lead_in) + 1 + len(whole) <= MAX_CLAUSE_CHARS
        own = self._emit(
            section,
            ClauseKind.LIST if fits else ClauseKind.PARAGRAPH,
            identifier,
            locator,
            node,
            parent,
            lead_in,
            whole if fits else node.block.text,
        )
        inner = _lead_in(lead_in, node.block.text)
        for position, child in enumerate(node.children, start=1):
            label = child.block.number or str(position)
            self._item(child, section, f"{own}/{label}", f"{locator}, point {label}", own, inner)

    def _emit(
        self,
        section: _Section,
        kind: ClauseKind,
        identifier: str,
        locator: str,
        node: _Node,
        parent: str,
        lead_in: str,
        text: str,
    ) -> str:
        """Append the clause (in parts where it is too long); return the identifier of its first part."""
        tags = (
            read_tag_line(node.block.tag)
            if node.block.tag
            else infer_tags(f"{lead_in} {text}", ". ".join(section.path))
        )
        if tags.reference:
            identifier, locator = self._by_reference(tags, identifier, locator)
        lead_in = lead_in if len(lead_in) <= _MAX_LEAD_IN_CHARS else ""
        limit = MAX_CLAUSE_CHARS - len(lead_in) - 1
        parts = [text] if len(text) <= limit else chunks(text, min(_PART_CHARS, limit))
        first = ""
        for index, part in enumerate(parts):
            unique = self._unique(identifier if index == 0 else f"{identifier}-part-{index + 1}")
            first = first or unique
            where = locator if len(parts) == 1 else f"{locator}, part {index + 1}"
            # A list is known by its lead-in, so that it keeps its name when an item comes or goes.
            words = node.block.text if kind is ClauseKind.LIST else f"{lead_in} {part}"
            self.clauses.append(
                Clause(
                    id=unique,
                    document_id=self.document_id,
                    kind=kind,
                    text=part,
                    heading_path=section.path,
                    locator=where,
                    fingerprint=fingerprint(words),
                    lead_in=lead_in,
                    number=node.block.number,
                    page=node.block.page,
                    parent_id=parent,
                    footnotes=node.block.footnotes if index == 0 else (),
                    **_fields(tags),
                )
            )
        return first

    def _by_reference(self, tags: Tags, identifier: str, locator: str) -> tuple[str, str]:
        """A digest's clause is known by the paragraph or page it sums up, where that was verified."""
        match = re.match(r"(?:(?P<annex>Annex \w+), )?(?P<what>paragraphs?|pages?) (?P<number>\d+)", tags.reference)
        if tags.source or not match:
            return identifier, f"{locator} ({tags.reference})"
        number = match["number"] if match["what"].startswith("paragraph") else f"page-{match['number']}"
        annex = f"{slug(match['annex'])}/" if match["annex"] else ""
        return f"{self.document_id}/{annex}{number}", tags.reference

    def _unique(self, identifier: str) -> str:
        candidate, number = identifier, 2
        while candidate in self.ids:
            candidate, number = f"{identifier}-{number}", number + 1
        self.ids.add(candidate)
        return candidate


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


def _at(place: str, word: str, label: int | str, page: int | None) -> str:
    return f"{place}, page {page}" if page else f"{place}, {word} {label}"


def _lead_in(above: str, text: str) -> str:
    """What an item completes: the last sentence of its lead-in, with the lead-in above where that is half a sentence."""
    if not text:
        return above
    last = sentences(text)[-1]
    return f"{above} {last}" if above and last[:1].islower() else last


def _listing(node: _Node, indent: str = "") -> str:
    """The items of a list as lines, each with its letter or a dash, sub-lists indented."""
    lines = "\n".join(_lines(node, indent))
    return f"\n{lines}" if node.block.text else lines


def _lines(node: _Node, indent: str) -> Iterator[str]:
    for child in node.children:
        mark = f"({child.block.number})" if child.block.number and not child.bare else "-"
        yield (
            f"{indent}{mark} {child.block.text}"
            if child.block.kind is BlockKind.ITEM
            else f"{indent}{child.block.text}"
        )
        yield from _lines(child, f"{indent}  ")
