"""HTML in, blocks out; also the common path of Markdown and DOCX, which are turned into HTML first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.errors import CorpusError
from corpus.models import Block, BlockKind
from corpus.readers.encoding import decode_html
from corpus.readers.numbering import letter, split_number

# Furniture of a web page, and what a browser would not show as text.
_SKIPPED = frozenset({"script", "style", "template", "noscript", "nav", "head", "svg", "form", "iframe", "object"})
_FURNITURE = frozenset({"header", "footer", "aside"})
_BLOCK_LEVEL = frozenset(
    "address article aside blockquote center dd details div dl dt fieldset figcaption figure footer header "
    "h1 h2 h3 h4 h5 h6 hr li main ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_STRUCTURE = "h1, h2, h3, h4, h5, h6, p, ul, ol, dl, table"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
TAG_ELEMENT = "data"  # how the Markdown reader passes a digest's tag line through the HTML


@dataclass(slots=True)
class _Line:
    """Inline text being collected, with the notes and the tag line met on the way."""

    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tag: str = ""

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.parts)).strip()


def read_html(data: bytes) -> list[Block]:
    """Read the main content of a page: headings, paragraphs, lists, table rows, notes.

    The encoding is the one the bytes declare (byte order mark or meta element), else that of any text.
    Raises CorpusError for an encoding that cannot be read.
    """
    return html_blocks(LexborHTMLParser(decode_html(data)))


def html_blocks(tree: LexborHTMLParser) -> list[Block]:
    """Walk a parsed page; notes are taken out of the flow and attached where they are referred to.

    Raises CorpusError for a page whose elements are nested beyond reading.
    """
    main = tree.css_first("main, [role=main]")
    root = main or tree.css_first("body")
    if root is None:
        return []
    notes, homes = _notes(tree)
    try:
        return list(_Walk(notes, homes, in_main=main is not None).blocks(root, depth=0))
    except RecursionError as error:
        raise CorpusError(
            "the document nests its elements too deep to be read: save it as plain text and add that"
        ) from error


def _notes(tree: LexborHTMLParser) -> tuple[dict[str, str], set[int]]:
    """The notes at the foot of the page: their text by element id, and the elements that hold them."""
    notes: dict[str, str] = {}
    homes: set[int] = set()
    ids = {node.attributes.get("id"): node for node in tree.css("li[id], p[id], div[id], aside[id]")}
    for link in tree.css("sup a[href^='#'], a[role='doc-noteref']"):
        target = (link.attributes.get("href") or "").lstrip("#")
        node = ids.get(target)
        if node is not None and target not in notes and not _holds(node, link):
            notes[target] = re.sub(r"\s+", " ", "".join(_note_text(node))).strip()
            homes.add(node.mem_id)
    return notes, homes


def _holds(node: LexborNode, link: LexborNode) -> bool:
    """Whether the link stands within the element: then it leads up the page, and to no note."""
    above: LexborNode | None = link
    while above is not None and above.mem_id != node.mem_id:
        above = above.parent
    return above is not None


def _note_text(node: LexborNode) -> Iterator[str]:
    """The words of a note without the links that lead back to its mark."""
    for child in node.traverse(include_text=True):
        if child.tag == "-text" and not _leads_back(child, node):
            yield child.text_content or ""
        elif child.tag in _BLOCK_LEVEL or child.tag == "br":
            yield " "


def _leads_back(text: LexborNode, note: LexborNode) -> bool:
    above = text.parent
    while above is not None and above.mem_id != note.mem_id:
        if above.tag == "a" and (above.attributes.get("href") or "").startswith("#"):
            return True
        above = above.parent
    return False


class _Walk:
    """One pass over the tree in reading order."""

    def __init__(self, notes: Mapping[str, str], homes: Set[int], *, in_main: bool) -> None:
        """homes: the elements that hold the notes, by their mem_id; they are left out of the flow."""
        self.notes = notes
        self.homes = homes
        self.in_main = in_main

    def blocks(self, node: LexborNode, *, depth: int) -> Iterator[Block]:
        """The blocks inside a container; loose inline text becomes paragraphs of its own."""
        yield from self._flow(node.iter(include_text=True), depth)

    def _flow(self, nodes: Iterable[LexborNode], depth: int) -> Iterator[Block]:
        line = _Line()
        for child in nodes:
            tag = child.tag or ""
            # Whatever wraps a heading, a list or a paragraph is a container, though it be a <span>.
            if tag in _BLOCK_LEVEL or (tag not in _SKIPPED and tag[:1].isalpha() and child.css_first(_STRUCTURE)):
                yield from self._paragraph(line, depth)
                line = _Line()
                yield from self._block(child, depth)
            else:
                self._collect(child, line)
        yield from self._paragraph(line, depth)

    def _block(self, node: LexborNode, depth: int) -> Iterator[Block]:
        tag = node.tag or ""
        if node.mem_id in self.homes:
            return
        if tag in _HEADINGS:
            line = self._inline(node)
            if line.text:
                yield Block(BlockKind.HEADING, line.text, _HEADINGS[tag], footnotes=tuple(line.notes))
        elif tag == "hr":
            yield Block(BlockKind.HEADING, "")  # a rule ends the section without opening another
        elif tag in {"ul", "ol"}:
            yield from self._items(node, depth + 1)
        elif tag == "table":
            yield from self._rows(node)
        elif tag not in _SKIPPED and not self._is_furniture(node, depth):
            yield from self.blocks(node, depth=depth)

    def _items(self, node: LexborNode, depth: int) -> Iterator[Block]:
        start = node.attributes.get("start") or "1"
        position = int(start) if start.isdecimal() else 1
        for item in node.iter(include_text=True):
            if item.tag != "li":  # made wrong: a list set directly in a list, or loose text
                yield from self._flow([item], depth)
                continue
            if item.mem_id in self.homes:
                continue
            value = item.attributes.get("value") or ""
            position = int(value) if value.isdecimal() else position
            number = _item_number(node, position)
            position += 1
            for index, block in enumerate(self.blocks(item, depth=depth)):
                if index == 0 and block.kind is BlockKind.PARAGRAPH:
                    yield Block(
                        BlockKind.ITEM, block.text, depth, block.number or number, None, block.footnotes, block.tag
                    )
                else:
                    yield block

    def _rows(self, table: LexborNode) -> Iterator[Block]:
        """Rows that read aloud: "Column: cell; column: cell" under a header row, else "cell; cell"."""
        header: list[str] = []
        if caption := table.css_first("caption"):
            yield from self._paragraph(self._inline(caption), 0)
        for row in _own_rows(table):
            cells = [self._inline(cell) for cell in row.iter() if cell.tag in {"td", "th"}]
            texts = [cell.text for cell in cells]
            if all(cell.tag == "th" for cell in row.iter() if cell.tag in {"td", "th"}) and not header:
                header = texts
                continue
            named = [
                f"{header[index]}: {text}" if index < len(header) and header[index] else text
                for index, text in enumerate(texts)
                if text
            ]
            if named:
                notes = tuple(note for cell in cells for note in cell.notes)
                yield Block(BlockKind.ROW, "; ".join(named), footnotes=notes)
        if header and not table.css_first("td"):
            yield Block(BlockKind.ROW, "; ".join(filter(None, header)))

    def _paragraph(self, line: _Line, depth: int) -> Iterator[Block]:
        if line.text or line.tag:
            number, text = split_number(line.text)
            yield Block(BlockKind.PARAGRAPH, text, depth, number, None, tuple(line.notes), line.tag)

    def _inline(self, node: LexborNode) -> _Line:
        line = _Line()
        for child in node.iter(include_text=True):
            self._collect(child, line)
        return line

    def _collect(self, node: LexborNode, line: _Line) -> None:
        tag = node.tag or ""
        if node.mem_id in self.homes:
            return
        if tag == "-text":
            line.parts.append(node.text_content or "")
        elif tag == "br":
            line.parts.append(" ")
        elif tag == TAG_ELEMENT and node.attributes.get("class") == "tag":
            line.tag = node.attributes.get("value") or ""
        elif (note := self._note(node)) is not None:
            line.notes.append(note)
        elif tag == "img":
            line.parts.append(node.attributes.get("alt") or "")
        elif tag not in _SKIPPED and not tag.startswith("!") and tag != "-comment":
            if tag in _BLOCK_LEVEL:
                line.parts.append(" ")
            for child in node.iter(include_text=True):
                self._collect(child, line)
            if tag in _BLOCK_LEVEL:
                line.parts.append(" ")

    def _note(self, node: LexborNode) -> str | None:
        """The note that a raised mark, or a link that says it is one, refers to."""
        link = node.css_first("a[href^='#']") if node.tag == "sup" else node
        if link is None or (node.tag != "sup" and link.attributes.get("role") != "doc-noteref"):
            return None
        return self.notes.get((link.attributes.get("href") or "").lstrip("#"))

    def _is_furniture(self, node: LexborNode, depth: int) -> bool:
        """Whether an element belongs to the page and not to the document: the header of an article holds its title."""
        if node.tag == "header" and (self.in_main or (node.parent and node.parent.tag in {"article", "section"})):
            return False
        return node.tag in _FURNITURE and depth == 0


def _own_rows(table: LexborNode) -> Iterator[LexborNode]:
    """The rows of a table, not those of tables inside its cells."""
    for part in table.iter():
        if part.tag == "tr":
            yield part
        elif part.tag in {"thead", "tbody", "tfoot"}:
            yield from (row for row in part.iter() if row.tag == "tr")


def _item_number(node: LexborNode, position: int) -> str:
    if node.tag != "ol":
        return ""
    return letter(position) if (node.attributes.get("type") or "") in {"a", "A"} else str(position)
