"""Plain text in, blocks out: marked or underlined headings, numbered paragraphs, lists, page marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from corpus.models import Block, BlockKind
from corpus.readers.encoding import decode
from corpus.readers.numbering import split_bullet, split_number

_PAGE_MARK = re.compile(r"(?:^={5,}[ \t]*\n)?^[ \t]*PAGE (\d{1,4})[ \t]*\n(?:^={5,}[ \t]*$)?|\f", re.MULTILINE)
_MARKED_HEADING = re.compile(r"(#{1,6})\s*(\S.*?)\s*#*$")
_UNDERLINE = re.compile(r"(={3,}|-{3,})\s*$")
# A note set in the line by whoever made the text: "suspensions [The term suspension is ...]".
_NOTE = re.compile(r"\s*\[([A-Z0-9][^\[\]]{14,})\](?!\()")
_GLUED_REFERENCE = re.compile(r"(?<=[a-z]{3})\d{1,2}(?=[\s.,;:]|$)")
# "... the following: - one; - two": a list that lost its line ends, with bullets or with letters.
_RUN_ON_BULLET = re.compile(r"(?:(?<=[:;.,\]])|(?<=; and)|(?<=; or))\s+-\s+(?=\S)")
_SENTENCE_END = (".", "?", "!", ":", ";", "”", "’", '"', ")", "]")


def read_text(data: bytes) -> list[Block]:
    """Read plain text; pages are known where it carries "PAGE n" marks or form feeds.

    Raises CorpusError for an encoding that cannot be read.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    blocks: list[Block] = []
    for page, part in _pages(text):
        for block in _page_blocks(part, page):
            if blocks and _continues(blocks[-1], block):
                last = blocks[-1]
                blocks[-1] = replace(last, text=f"{last.text} {block.text}", footnotes=last.footnotes + block.footnotes)
            else:
                blocks.append(block)
    return blocks


def _pages(text: str) -> Iterator[tuple[int | None, str]]:
    marks = list(_PAGE_MARK.finditer(text))
    if not marks:
        yield None, text
        return
    page = int(marks[0][1]) - 1 if marks[0][1] else 1
    if text[: marks[0].start()].strip():
        yield max(page, 1), text[: marks[0].start()]
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        page = int(mark[1]) if mark[1] else page + 1
        yield page, text[mark.end() : following.start() if following else len(text)]


def _page_blocks(part: str, page: int | None) -> Iterator[Block]:
    for chunk in _chunks(part.split("\n")):
        yield from (replace(block, page=page) for block in _chunk_blocks(chunk))


def _chunks(lines: list[str]) -> Iterator[str]:
    """Join the lines of a paragraph that was wrapped at a column; a heading or a bullet starts afresh."""
    wrapped = max((len(line) for line in lines), default=0) <= 100
    pending: list[str] = []
    for raw in lines:
        raw = raw.expandtabs(4)
        line = raw.strip()
        if _UNDERLINE.fullmatch(line) and len(pending) == 1:
            pending = [f"{'#' if line[0] == '=' else '##'} {pending[0].strip()}"]
            line = ""
        starts = line.startswith("#") or split_bullet(line) is not None or bool(split_number(line)[0])
        if pending and (not line or starts or not wrapped or pending[0].startswith("#")):
            yield " ".join(pending)
            pending = []
        if line and not _UNDERLINE.fullmatch(line):
            # The indentation stays on a chunk's first line: it is the depth of a bullet.
            pending.append(raw.rstrip() if not pending else raw.strip())
    if pending:
        yield " ".join(pending)


def _chunk_blocks(chunk: str) -> Iterator[Block]:
    indent = len(chunk) - len(chunk.lstrip())
    text = chunk.strip()
    if heading := _MARKED_HEADING.match(text):
        title, notes = _take_notes(heading[2])
        yield Block(BlockKind.HEADING, title, len(heading[1]), footnotes=notes)
        return
    text, notes = _take_notes(text)
    first, *items = _split_run_on(text)
    bullet = split_bullet(first)
    number, words = split_number(first)
    below = bullet is not None
    if bullet is not None:
        yield Block(BlockKind.ITEM, bullet[1], 1 + min(indent // 2, 5), bullet[0], footnotes=notes)
    elif words:
        yield Block(BlockKind.PARAGRAPH, words, 0, number, footnotes=notes)
    elif items:  # a list that starts at once: its first item carries the notes
        letter, words = split_bullet(items[0]) or ("", items[0])
        yield Block(BlockKind.ITEM, words, 1, letter, footnotes=notes)
        items, below = items[1:], words.endswith(":")
    for item in items:
        letter, words = split_bullet(item) or ("", item)
        yield Block(BlockKind.ITEM, words, 2 if below else 1, letter)


def _take_notes(text: str) -> tuple[str, tuple[str, ...]]:
    notes = tuple(match[1].strip() for match in _NOTE.finditer(text))
    if notes:
        text = _GLUED_REFERENCE.sub("", _NOTE.sub("", text), count=len(notes))
    return re.sub(r"\s+", " ", text).strip(), notes


def _split_run_on(text: str) -> list[str]:
    """Part "lead-in: - one; - two" or "lead-in: a) one; b) two" into its lead-in ("" if none) and items."""
    if text.startswith("- ") or re.search(r"[:;.]\s+-\s+\S", text):
        parts = [part.strip() for part in _RUN_ON_BULLET.split(text.removeprefix("- "))]
        if not text.startswith("- "):
            return parts
        return ["", *parts] if len(parts) > 1 else [text]
    if re.search(r":\s+a\)\s", text):
        return _split_letters(text)
    return [text]


def _split_letters(text: str) -> list[str]:
    """Part a run-on list at a), b), c) ... for as long as the letters follow one another."""
    parts: list[str] = []
    for code in range(ord("a"), ord("z") + 1):
        match = re.search(rf"\s+(?={chr(code)}\)\s)", text)
        if match is None:
            break
        parts.append(text[: match.start()].strip())
        text = text[match.end() :]
    return [*parts, text.strip()]


def _continues(last: Block, block: Block) -> bool:
    """Whether a paragraph goes on over a page turn: it broke off, and the next starts in lower case."""
    return (
        last.page != block.page
        and last.kind in {BlockKind.PARAGRAPH, BlockKind.ITEM}
        and block.kind is BlockKind.PARAGRAPH
        and not block.number
        and not last.text.endswith(_SENTENCE_END)
        and block.text[:1].islower()
    )
