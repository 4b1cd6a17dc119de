"""PDF in, blocks out: headings, numbered paragraphs, lists and table rows in reading order."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
from pypdfium2 import raw

from corpus.errors import CorpusError
from corpus.models import Block, BlockKind
from corpus.readers.pdf_blocks import Draft, draft_blocks
from corpus.readers.pdf_headings import Bookmark, bookmarked, is_large, looks_like_heading, ranks, title
from corpus.readers.pdf_lines import Line, page_lines
from corpus.readers.pdf_pages import NoteFinder, take_notes, without_contents, without_furniture
from corpus.readers.pdf_words import Words

MAX_PAGES = 2000
# pdfium keeps state for the whole process: two threads must not enter it at once.
_PDFIUM = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a file holds: lines and height in points by page, and its bookmarks."""

    pages: list[list[Line]]
    heights: list[float]
    bookmarks: list[Bookmark]


def read_pdf(data: bytes) -> list[Block]:
    """Read a PDF with a text layer into blocks; pages are 1-based physical pages of the file.

    Headings take their level from the bookmarks, or else from size and boldness. Headers,
    footers, page numbers and printed tables of contents are left out; footnotes go with
    the block that refers to them. Raises CorpusError for what is not a PDF, is damaged,
    locked, over 2,000 pages, or holds no text.
    """
    with _PDFIUM:
        file = _open(data)
    words = Words(line.text for lines in file.pages for line in lines)
    body = _body_size(file.pages)
    pages = without_contents(without_furniture(file.pages, file.heights, body))
    pages, notes = take_notes(pages, body, words)
    lines = [line for page in pages for line in page]
    headings = bookmarked(lines, file.bookmarks)
    # A few bookmarks on chapters are no outline: then the look of the lines decides.
    if outlined := len(headings) >= max(2, len(file.bookmarks) / 2):
        headings |= title(lines, headings, body)
    drafts = draft_blocks(lines, headings if outlined else {}, body)
    if not outlined:
        _rank_headings(drafts, body)
    _set_depths(drafts)
    finder = NoteFinder(notes)
    return _with_notes([_block(draft, finder, words) for draft in drafts], finder)


def _open(data: bytes) -> _Contents:
    if b"%PDF-" not in data[:1024]:
        raise CorpusError("this is not a PDF: open the document and save or export it as PDF again")
    try:
        document = pdfium.PdfDocument(data)
        try:
            contents = _contents(document)
        finally:
            document.close()
    except pdfium.PdfiumError as error:
        # pdfium may still name the error of a file before; the key in this one is sure.
        if b"/Encrypt" in data and error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise CorpusError("the PDF is locked: save a copy without its password and add that") from error
        raise CorpusError("the PDF is damaged: download or export it again and add that") from error
    if not any(char.isalpha() for lines in contents.pages for line in lines for char in line.text):
        raise CorpusError("the PDF holds no text, only pictures: run it through OCR first, and add what comes out")
    return contents


def _contents(document: pdfium.PdfDocument) -> _Contents:
    if len(document) > MAX_PAGES:
        raise CorpusError(f"the PDF has {len(document):,} pages, over the limit of {MAX_PAGES:,}: split it first")
    pages: list[list[Line]] = []
    heights: list[float] = []
    for number, page in enumerate(document, start=1):
        pages.append(page_lines(page, number))
        heights.append(page.get_height())
        page.close()
    return _Contents(pages, heights, list(_bookmarks(document)))


def _bookmarks(document: pdfium.PdfDocument) -> Iterator[Bookmark]:
    for mark in document.get_toc():
        goal = mark.get_dest()
        page = goal.get_index() if goal else None
        if goal is None or page is None:
            continue
        mode, view = goal.get_view()
        top = view[1] if mode == raw.PDFDEST_VIEW_XYZ and len(view) > 1 else None
        yield Bookmark(mark.get_title(), mark.level + 1, page + 1, top or None)


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0]


def _rank_headings(drafts: Sequence[Draft], body: float) -> None:
    """Make headings of the drafts that look like one."""
    found = [draft for draft in _below_title(drafts, body) if _looks_like_heading(draft, body)]
    for draft, level in zip(found, ranks([draft.parts[0] for draft in found]), strict=True):
        draft.kind, draft.marker, draft.level = BlockKind.HEADING, None, level


def _looks_like_heading(draft: Draft, body: float) -> bool:
    lettered = draft.marker is not None and draft.marker.number and is_large(draft.first, body)
    kinds = (BlockKind.PARAGRAPH, BlockKind.ITEM) if lettered else (BlockKind.PARAGRAPH,)
    return draft.kind in kinds and looks_like_heading(draft.parts[0], body)


def _below_title(drafts: Sequence[Draft], body: float) -> list[Draft]:
    """The drafts that may be headings: of a cover without running text, only the largest."""
    cover = [draft for draft in drafts if draft.first.page == drafts[0].first.page]
    if not cover or not all(is_large(draft.first, body) for draft in cover):
        return list(drafts)
    return [max(cover, key=lambda draft: draft.first.size), *drafts[len(cover) :]]


def _set_depths(drafts: Sequence[Draft]) -> None:
    """Give items their depth by indentation; a paragraph set within a list does not end it."""
    margins: list[float] = []
    for draft in drafts:
        x = draft.first.x
        if draft.kind is BlockKind.ITEM:
            while margins and margins[-1] > x + 6:
                margins.pop()
            if not margins or margins[-1] < x - 6:
                margins.append(x)
            draft.level = len(margins)
        elif draft.kind is not BlockKind.PARAGRAPH or (margins and x < margins[0] + 3):
            margins.clear()


def _block(draft: Draft, finder: NoteFinder, words: Words) -> Block:
    texts: list[str] = []
    notes: list[str] = []
    cut = draft.marker.length if draft.marker else 0
    for lines in draft.parts:
        parts = []
        for line in lines:
            text, found = finder.take(replace(line, text=line.text[cut:]) if cut else line)
            parts.append(text)
            notes += found
            cut = 0
        texts.append(words.join(parts))
    number = draft.marker.number if draft.marker else ""
    text = "; ".join(text for text in texts if text)
    return Block(draft.kind, text, draft.level, number, draft.first.page, tuple(notes))


def _with_notes(blocks: list[Block], finder: NoteFinder) -> list[Block]:
    """Put notes whose marks were not found (they stand in a picture) with their page's last block."""
    for note in finder.left():
        until = [i for i, block in enumerate(blocks) if (block.page or 0) <= note.page]
        text = [i for i in until if blocks[i].kind is not BlockKind.HEADING]
        if home := (text or until)[-1:]:
            block = blocks[home[0]]
            blocks[home[0]] = replace(block, footnotes=(*block.footnotes, note.text))
    return [block for block in blocks if block.text]
