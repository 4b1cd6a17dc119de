"""The lines of a PDF page, with what its fonts say of them: place, size, boldness."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

# Raised small digits stand between these two in a line's text until it is known
# whether they refer to a footnote ("nurseries<1>") or belong to the words ("m<2>").
MARK_OPEN, MARK_CLOSE = "\ue000", "\ue001"
# What pdfium returns for a hyphen at a line's end: it may be hard or soft.
HYPHEN = "\x02"

SMALL = 0.85  # of the line's size: what is smaller may be a raised mark
RAISE = 0.7  # of the line's size: the most that a raised mark stands above the line
DROP = 0.35  # of the line's size: the most that a lowered digit stands below it
GAP = 2.0  # of the line's size: a wider gap on one baseline parts two table cells
TAB = 6.0  # of the line's size: the widest gap between a bullet or number and its text

_BLANKS = frozenset((0, 9, 10, 13, 32, 0xA0, 0x200B, 0xFEFF))
_SOFT = frozenset((2, 0xAD, 0xFFFE))
_BOLD = re.compile(rb"bold|black|heavy|demi", re.IGNORECASE)
_MARKER = re.compile(r"[^\w\s]|o|\(?[A-Za-z0-9]{1,4}[.)]|\d{1,2}(\.\d{1,3})+\.?")


class Glyph(NamedTuple):
    """One visible character; x and y of its origin in points; blank: space before it."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    blank: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, or one table cell's share of it; places in points, y upward.

    text: raised digits between MARK_OPEN and MARK_CLOSE, HYPHEN at a hyphenated end.
    x, right: where the first and last characters begin. tab: where the second word does.
    size: that of most characters, in points. bold: all its letters are.
    """

    page: int
    text: str
    x: float
    right: float
    tab: float
    y: float
    size: float
    bold: bool


def page_lines(page: pdfium.PdfPage, number: int) -> list[Line]:
    """The page's lines in the order in which the file draws them; number is 1-based."""
    textpage = page.get_textpage()
    try:
        lines = [_line(group, number) for group in _groups(_glyphs(textpage.raw))]
    finally:
        textpage.close()
    return _with_lone_marks(lines)


def _glyphs(textpage: raw.FPDF_TEXTPAGE) -> Iterator[Glyph]:
    """Every visible character of the page, diagonal watermarks left out.

    Fonts are asked for only where a word begins or leaves its baseline: asking for
    each character would take three times as long.
    """
    x, y = ctypes.c_double(), ctypes.c_double()
    at_x, at_y = ctypes.byref(x), ctypes.byref(y)
    blank, height, style = True, 0.0, _Style(0.0, False, 1.0, 0.0)
    for index in range(raw.FPDFText_CountChars(textpage)):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if code in _BLANKS:
            blank = True
            continue
        raw.FPDFText_GetCharOrigin(textpage, index, at_x, at_y)
        if blank or abs(y.value - height) > 0.1:
            height, style = y.value, _style(textpage, index)
        if abs(style.cos * style.sin) < 0.1:
            along = x.value * style.cos + y.value * style.sin
            above = y.value * style.cos - x.value * style.sin
            text = HYPHEN if code in _SOFT else chr(code)
            yield Glyph(text, along, above, style.size, style.bold, blank)
        blank = False


def _with_lone_marks(lines: list[Line]) -> list[Line]:
    """The lines, a mark that slipped to a line of its own back with the line it refers to."""
    kept: list[Line] = []
    for line in lines:
        above = kept[-1] if kept else line
        small = line.text.isdigit() and line.size < SMALL * above.size
        if small and 0 < above.y - line.y < 2 * above.size:
            kept[-1] = replace(above, text=f"{above.text}{MARK_OPEN}{line.text}{MARK_CLOSE}")
        else:
            kept.append(line)
    return kept


class _Style(NamedTuple):
    """Size in points, boldness, and the direction of writing (1, 0: left to right)."""

    size: float
    bold: bool
    cos: float
    sin: float


def _style(textpage: raw.FPDF_TEXTPAGE, index: int) -> _Style:
    """What the font and its matrix say; many files set size 1 and scale by the matrix."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(textpage, index, matrix)
    size = raw.FPDFText_GetFontSize(textpage, index) * math.hypot(matrix.c, matrix.d)
    length = math.hypot(matrix.a, matrix.b) or 1.0
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage, index, name, 128, flags)
    bold = bool(_BOLD.search(name.value)) or raw.FPDFText_GetFontWeight(textpage, index) >= 600
    return _Style(round(size, 1), bold, matrix.a / length, matrix.b / length)


def _groups(glyphs: Iterator[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs that share a baseline, raised and lowered marks included."""
    group: list[Glyph] = []
    base: Glyph | None = None
    for glyph in glyphs:
        if base is None or not _follows(group, base, glyph):
            if group:
                yield group
            group, base = [], glyph
        elif glyph.size > base.size:
            base = glyph
        group.append(glyph)
    if group:
        yield group


def _follows(group: list[Glyph], base: Glyph, glyph: Glyph) -> bool:
    """Whether the glyph stands next on the line of the group, whose main glyph is base."""
    size = max(base.size, glyph.size)
    step = glyph.x - group[-1].x
    if not -0.5 * size < step < TAB * size:
        return False
    if step > GAP * size and not _MARKER.fullmatch("".join(g.text for g in group[:8])):
        return False
    rise = glyph.y - base.y
    if abs(rise) < 0.8:
        return True
    if glyph.size < SMALL * base.size:
        return -DROP * size < rise < RAISE * size
    return base.size < SMALL * glyph.size and 0 < -rise < RAISE * size


def _line(group: list[Glyph], page: int) -> Line:
    """The group as a line; its size and baseline are those of most of its glyphs."""
    size, y = Counter((g.size, g.y) for g in group).most_common(1)[0][0]
    letters = [g for g in group if g.text.isalpha()] or group
    after = next((g.x for g in group[1:] if g.blank), group[0].x)
    bold = all(g.bold for g in letters)
    return Line(page, _text(group, size, y), group[0].x, group[-1].x, after, y, size, bold)


def _text(group: list[Glyph], size: float, y: float) -> str:
    parts: list[str] = []
    for glyph in group:
        if glyph.blank and parts:
            parts.append(" ")
        raised = glyph.size < SMALL * size and glyph.y > y + 0.5
        if raised and glyph.text.isdigit():
            parts += (MARK_OPEN, glyph.text, MARK_CLOSE)
        else:
            parts.append(glyph.text)
    return "".join(parts).replace(MARK_CLOSE + MARK_OPEN, "")
