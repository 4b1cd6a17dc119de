"""Table rows: lines that stand beside one another on the page are the cells of a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from corpus.readers.pdf_lines import Line

_RISE = 5.0  # of the line's size: how far a tall cell may start above its neighbour
_LEADING = 2.2  # of the line's size: the widest step from line to line inside a cell


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, each its lines from the top; end: index after the last line."""

    cells: tuple[tuple[Line, ...], ...]
    end: int


def find_rows(lines: Sequence[Line], headings: Collection[int]) -> dict[int, Row]:
    """The rows among the lines, by the index of their first line.

    The file draws a row cell by cell, so the second cell shows as a line that stands to
    the right of the line before it and no lower. headings: indices where no row may start.
    """
    rows: dict[int, Row] = {}
    index = free = 0
    while index < len(lines) - 1:
        if index in headings or not _beside(lines[index], lines[index + 1]):
            index += 1
            continue
        start = _top(lines, index, free, headings)
        rows[start] = _row(lines, start, index)
        index = free = rows[start].end
    return rows


def _beside(left: Line, right: Line) -> bool:
    return (
        left.page == right.page
        and right.x > left.right + left.size
        and -0.5 * left.size < right.y - left.y < _RISE * left.size
    )


def _below(above: Line, line: Line, x: float) -> bool:
    """Whether the line goes on below in the cell that starts at x."""
    step = above.y - line.y
    return above.page == line.page and line.x > x - 6 and 0 < step < _LEADING * line.size


def _top(lines: Sequence[Line], last: int, free: int, headings: Collection[int]) -> int:
    """The first line of the first cell, whose last line is known; no line before free is used."""
    start, height = last, lines[last + 1].y + 0.5 * lines[last].size
    while start > free and start - 1 not in headings:
        above = lines[start - 1]
        if above.y > height or not _below(above, lines[start], above.x) or abs(above.x - lines[last].x) > 6:
            break
        start -= 1
    return start


def _row(lines: Sequence[Line], start: int, last: int) -> Row:
    cells = [list(lines[start : last + 1])]
    index = last + 1
    while index < len(lines):
        line, above = lines[index], cells[-1][-1]
        if _beside(above, line) or (len(cells) > 1 and _beside(cells[-1][0], line)):
            cells.append([line])
        elif len(cells) > 1 and _below(above, line, cells[-1][0].x):
            cells[-1].append(line)
        else:
            break
        index += 1
    return Row(tuple(tuple(cell) for cell in cells), index)
