"""A document as the reader shows it: sections by heading, clauses in them, items under their lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.pages.text import Outline, outline
from corpus.identifiers import slug
from corpus.models import Clause, Document


@dataclass(frozen=True, slots=True)
class Node:
    """A clause with the items that have clauses of their own. lines: what it shows itself.

    label: the printed number or paragraph, "" where it has none. quote: the quoted words to mark here.
    """

    clause: Clause
    lines: Outline
    label: str
    children: list[Node] = field(default_factory=list)
    is_target: bool = False
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it. level: 2 to 4, for h2 to h4; heading "" before the first one."""

    heading: str
    level: int
    anchor: str
    nodes: list[Node]


def sections(document: Document, *, target: str = "", quote: str = "") -> list[Section]:
    """The document in reading order. quote: words of the target clause to mark, exactly as they stand in it."""
    quoted = _quoted(document.clauses, target, quote)
    found: list[Section] = []
    path: tuple[str, ...] | None = None
    for node in _nodes(document.clauses, target, quoted, quote):
        if node.clause.heading_path != path:
            found += _headings(path or (), node.clause.heading_path, len(found))
            path = node.clause.heading_path
        found[-1].nodes.append(node)
    return found


def matching(document: Document, words: str) -> list[Clause]:
    """The clauses that hold all these words, in reading order; case does not count. A list's items stand for it."""
    wanted = words.casefold().split()
    parents = {clause.parent_id for clause in document.clauses}
    return [
        clause
        for clause in document.clauses
        if clause.id not in parents and wanted and all(word in _searched(clause) for word in wanted)
    ]


def _searched(clause: Clause) -> str:
    return f"{' '.join(clause.heading_path)} {clause.full_text} {clause.locator}".casefold()


def _headings(before: Sequence[str], path: Sequence[str], count: int) -> Iterator[Section]:
    """The headings that are new on the way to a clause; one without words where it has none."""
    if not path:
        yield Section("", 2, f"section-{count + 1}", [])
        return
    same = next((n for n, (old, new) in enumerate(zip(before, path, strict=False)) if old != new), len(before))
    same = min(same, len(path) - 1)
    for level, heading in enumerate(path[same:], start=same):
        count += 1
        yield Section(heading, min(level + 2, 4), f"section-{count}-{slug(heading)}", [])


def _nodes(clauses: Sequence[Clause], target: str, quoted: set[str], quote: str) -> list[Node]:
    top: list[Node] = []
    by_id: dict[str, Node] = {}
    parents = {clause.parent_id for clause in clauses}
    for clause in clauses:
        lines = outline(clause.text)
        if clause.id in parents:  # its items follow, each as a clause of its own
            lines = Outline(lines.head, [])
        node = Node(
            clause,
            lines,
            _label(clause),
            is_target=clause.id == target,
            quote=quote if clause.id in quoted else "",
        )
        by_id[clause.id] = node
        parent = by_id.get(clause.parent_id)
        (parent.children if parent else top).append(node)
    return top


def _quoted(clauses: Sequence[Clause], target: str, quote: str) -> set[str]:
    """Whose words the quote may hold: the target's, its items', and the lead-in that it completes."""
    by_id = {clause.id: clause for clause in clauses}
    clause = by_id.get(target)
    if clause is None or not quote or not _stands_in(quote, clause):
        return set()
    found = {target}
    for other in clauses:
        if other.parent_id in found:
            found.add(other.id)
    if clause.lead_in and quote.startswith(clause.lead_in):
        above = by_id.get(clause.parent_id)
        while above is not None:
            found.add(above.id)
            above = by_id.get(above.parent_id)
    return found


def _stands_in(quote: str, clause: Clause) -> bool:
    """Whether the words stand in the clause, letter by letter; only white space may be other."""
    return _plain(quote) in _plain(clause.full_text)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _label(clause: Clause) -> str:
    number = re.match(r"paragraphs? [\d.]+", clause.reference)
    if number:
        return number[0].replace("paragraphs", "para").replace("paragraph", "para")
    return clause.number if clause.number and not clause.parent_id else ""
