"""Blocks in, a tree out: the section that each block stands in, and the lead-in or item that it hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus.errors import CorpusError
from corpus.identifiers import short_heading, slug
from corpus.models import Block, BlockKind

OPENING = "Opening text"  # the place of what stands under no heading


@dataclass(slots=True)
class Node:
    """A block and what hangs on it: a lead-in with its items, an item with its sub-list."""

    block: Block
    children: list[Node] = field(default_factory=list)
    bare: bool = False  # a list without a lead-in: its own text is empty


@dataclass(slots=True)
class Section:
    """What stands under one heading, down to the next. path: the headings above it and its own, outermost first."""

    path: tuple[str, ...]
    slug: str
    heading: Block | None = None
    nodes: list[Node] = field(default_factory=list)


def outline(blocks: Sequence[Block]) -> list[Section]:
    """Sections in reading order. Text after a rule stands under no heading, like the opening text.

    Raises CorpusError for a tag line that closes no clause.
    """
    title = _title(blocks)
    stack: list[tuple[int, str]] = []
    slugs = {slug(OPENING)}
    sections = [Section((), slug(OPENING), title)]
    for block in blocks:
        if block is title:
            continue
        if block.kind is not BlockKind.HEADING:
            if block.text.strip():
                _attach(sections[-1], block)
            elif block.tag:
                raise CorpusError(
                    f"the tag line `{block.tag}` closes no clause: put it in the same bullet as its words"
                )
        elif block.text.strip():
            _close(stack, block.level, sections[-1])
            stack.append((block.level, block.text.strip().rstrip(" :") or block.text))
            path = tuple(text for _, text in stack)
            sections.append(Section(path, _section_slug(path, slugs), block))
        else:
            stack.clear()
            sections.append(Section((), slug(OPENING)))
    _keep_lone_headings(sections)
    _hand_down_notes(sections)
    return [section for section in sections if section.nodes]


def _title(blocks: Sequence[Block]) -> Block | None:
    """The document's own title: a single first-level heading that comes before any other."""
    headings = [block for block in blocks if block.kind is BlockKind.HEADING and block.text]
    top = [block for block in headings if block.level == 1]
    return top[0] if len(top) == 1 and headings[0] is top[0] and len(headings) > 1 else None


def _close(stack: list[tuple[int, str]], level: int, last: Section) -> None:
    """Close the headings that a heading of this level does not stand under.

    A heading with nothing below it but another of its level ("Appendix 3", "Risk assessment") is
    open still: the two name one section.
    """
    while stack and stack[-1][0] >= level:
        if last.path and last.heading and not last.nodes and last.heading.level == stack[-1][0] == level:
            return
        stack.pop()


def _section_slug(path: tuple[str, ...], taken: set[str]) -> str:
    """The heading's slug; where another section has it, the heading above joins it, then a number."""
    candidates = [slug(short_heading(path[-1]))]
    if len(path) > 1:
        candidates.append(slug(f"{short_heading(path[-2])} {short_heading(path[-1])}"))
    chosen = next((candidate for candidate in candidates if candidate not in taken), "")
    number = 2
    while not chosen:
        numbered = f"{candidates[-1]}-{number}"
        chosen, number = "" if numbered in taken else numbered, number + 1
    taken.add(chosen)
    return chosen


def _attach(section: Section, block: Block) -> None:
    """Hang a block where it belongs: paragraphs on the section, items on their lead-in or list."""
    node = Node(block)
    if (block.kind is BlockKind.PARAGRAPH and block.level == 0) or block.kind is BlockKind.ROW:
        section.nodes.append(node)
        return
    host = _open_item(section, block.level if block.kind is BlockKind.ITEM else block.level + 1)
    siblings = host.children if host else section.nodes
    last = siblings[-1] if siblings else None
    if block.kind is BlockKind.PARAGRAPH:  # a paragraph inside an item
        siblings.append(node)
    elif last and last.block.kind is BlockKind.PARAGRAPH and (last.bare or _is_lead_in(last)):
        last.children.append(node)
    elif host:
        host.children.append(node)
    else:
        bare = Node(Block(BlockKind.PARAGRAPH, "", page=block.page), [node], bare=True)
        section.nodes.append(bare)


def _open_item(section: Section, level: int) -> Node | None:
    """The deepest item still open that stands above a level (1 outermost): what the next block hangs on."""
    found: Node | None = None
    nodes = section.nodes
    while nodes:
        last = nodes[-1]
        if last.block.kind is BlockKind.ITEM:  # a lead-in or a bare list is no level of its own
            if last.block.level >= level:
                break
            found = last
        nodes = last.children
    return found


def _is_lead_in(node: Node) -> bool:
    return not node.block.text.rstrip().endswith((".", "?", "!", "”", "’"))


def _keep_lone_headings(sections: Sequence[Section]) -> None:
    """A heading with nothing under it is text, so that its words are not lost."""
    for section, following in zip(sections, [*sections[1:], None], strict=True):
        leads = following is not None and following.path[:-1][: len(section.path)] == section.path
        if section.path and section.heading and not section.nodes and not leads:
            section.nodes.append(Node(Block(BlockKind.PARAGRAPH, section.heading.text, page=section.heading.page)))


def _hand_down_notes(sections: Sequence[Section]) -> None:
    """Give a heading's footnotes to the first block below it."""
    notes: tuple[str, ...] = ()
    for section in sections:
        notes += section.heading.footnotes if section.heading else ()
        if notes and section.nodes:
            first = section.nodes[0].children[0] if section.nodes[0].bare else section.nodes[0]
            first.block = replace(first.block, footnotes=notes + first.block.footnotes)
            notes = ()
