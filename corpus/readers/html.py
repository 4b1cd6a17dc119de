"""HTML in, blocks out; also the common path of Markdown and DOCX, which are turned into HTML first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.models import Block, BlockKind
from corpus.readers.numbering import letter, split_number

# Furniture of a web page, and what a browser would not show as text.
_SKIPPED = frozenset({"script", "style", "template", "noscript", "nav", "head", "svg", "form", "iframe", "object"})
_FURNITURE = frozenset({"header", "footer", "aside"})
_BLOCK_LEVEL = frozenset(
    "address article blockquote center dd details div dl dt fieldset figcaption figure footer header h1 h2 h3 h4 h5 h6 "
    "hr li main ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
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

    The encoding is the one the bytes declare (byte order mark or meta element), else UTF-8.
    """
    return html_blocks(LexborHTMLParser(data))


def html_blocks(tree: LexborHTMLParser) -> list[Block]:
    """Walk a parsed page; notes are taken out of the flow and attached where they are referred to."""
    root = tree.css_first("main") or tree.css_first("body")
    if root is None:
        return []
    return list(_Walk(_take_notes(tree)).blocks(root, depth=0))


def _take_notes(tree: LexborHTMLParser) -> dict[str, str]:
    """Remove the notes at the foot of the page; return their text by element id."""
    notes: dict[str, str] = {}
    for link in tree.css("sup a[href^='#'], a[role='doc-noteref']"):
        target = (link.attributes.get("href") or "").lstrip("#")
        node = tree.css_first(f"[id='{target}']") if target and "'" not in target else None
        if node is not None and node.tag in {"li", "p", "div", "aside"}:
            for back in node.css("a[href^='#']"):
                back.decompose()
            notes[target] = re.sub(r"\s+", " ", node.text()).strip()
            node.decompose()
    return notes


class _Walk:
    """One pass over the tree in reading order."""

    def __init__(self, notes: dict[str, str]) -> None:
        self.notes = notes

    def blocks(self, node: LexborNode, *, depth: int) -> Iterator[Block]:
        """The blocks inside a container; loose inline text becomes paragraphs of its own."""
        line = _Line()
        for child in node.iter(include_text=True):
            tag = child.tag or ""
            if tag in _BLOCK_LEVEL:
                yield from self._paragraph(line, depth)
                line = _Line()
                yield from self._block(child, depth)
            else:
                self._collect(child, line)
        yield from self._paragraph(line, depth)

    def _block(self, node: LexborNode, depth: int) -> Iterator[Block]:
        tag = node.tag or ""
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
        elif tag not in _SKIPPED and not (tag in _FURNITURE and depth == 0):
            yield from self.blocks(node, depth=depth)

    def _items(self, node: LexborNode, depth: int) -> Iterator[Block]:
        start = node.attributes.get("start") or "1"
        position = int(start) if start.isdigit() else 1
        for item in node.iter():
            if item.tag != "li":
                continue
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
        for row in table.css("tr"):
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
        if tag == "-text":
            line.parts.append(node.text_content or "")
        elif tag == "br":
            line.parts.append(" ")
        elif tag == TAG_ELEMENT and node.attributes.get("class") == "tag":
            line.tag = node.attributes.get("value") or ""
        elif tag == "sup" and (note := self._note(node)) is not None:
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

    def _note(self, sup: LexborNode) -> str | None:
        link = sup.css_first("a[href^='#']")
        return self.notes.get((link.attributes.get("href") or "")[1:]) if link is not None else None


def _item_number(node: LexborNode, position: int) -> str:
    if node.tag != "ol":
        return ""
    return letter(position) if (node.attributes.get("type") or "") in {"a", "A"} else str(position)
