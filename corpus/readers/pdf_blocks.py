"""Lines to drafts of blocks: where a paragraph or an item starts, and where it goes on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.models import BlockKind
from corpus.readers.pdf_headings import Heading, is_large, looks_like_heading
from corpus.readers.pdf_lines import Line
from corpus.readers.pdf_pages import MARK
from corpus.readers.pdf_rows import find_rows

_BULLET = re.compile(r"(?:[•▪◦○●■□‣⁃∙·➢➤✓✔❖\uf000-\uf0ff]\s*|[o*–—-]\s+)(?=\S)")
_NUMBER = re.compile(
    r"(\d{1,3}(?:\.\d{1,3}){1,3})\.?(?:\s+(?=\S)|(?=[A-Z‘“]))"  # "2.19 The", "2.5The"
    r"|(\d{1,3})\.\s*(?=[^\W\d_]|[‘“'\"(\[])"  # "60. The"
)
_LETTER = re.compile(
    r"\(([a-z]|[ivxl]{1,5}|\d{1,2})\)\s*(?=\S)"  # "(a) the"
    r"|([a-z]|[ivxl]{1,5}|\d{1,2})\)\s+(?=\S)"  # "a) the", "1) the"
    r"|([a-z]|[ivxl]{1,5})\.\s+(?=\S)"  # "iv. the"
)
_CLOSED = re.compile(r"[.!?:;][’”'\")\]]*$")
_LISTING = re.compile(r"(?:[:;,.]|\band|\bor)$")
_NEAR = 6.0  # points: two lines that start this near stand at one margin
_STEP = 1.2  # of the usual step from line to line: a wider one parts two paragraphs


@dataclass(frozen=True, slots=True)
class Marker:
    """What a block starts with. figures: those of a number, (2, 19) for "2.19".

    firm: a bullet that no sentence could hold, so that it starts an item anywhere.
    """

    number: str
    length: int
    figures: tuple[int, ...] = ()
    firm: bool = False


@dataclass(slots=True)
class Draft:
    """A block in the making. parts: its lines; the lines of each cell for a row."""

    kind: BlockKind
    parts: list[list[Line]]
    marker: Marker | None = None
    level: int = 0

    @property
    def first(self) -> Line:
        return self.parts[0][0]

    @property
    def hang(self) -> float:
        """Where the lines after the first start."""
        if len(self.parts[0]) > 1:
            return self.parts[0][1].x
        return self.first.tab if self.marker else self.first.x


def find_marker(text: str) -> Marker | None:
    """The bullet, number or letter that the text starts with."""
    if match := _BULLET.match(text):
        return Marker("", match.end(), firm=match[0][0] not in "*–—-")
    if match := _NUMBER.match(text):
        number = match[1] or match[2]
        return Marker(number, match.end(), tuple(int(figure) for figure in number.split(".")))
    if match := _LETTER.match(text):
        return Marker(match[1] or match[2] or match[3], match.end())
    return None


def draft_blocks(lines: Sequence[Line], headings: Mapping[int, Heading], body: float) -> list[Draft]:
    """Drafts in reading order. headings: those known, by index; body: the text's size in points."""
    taken = {start + i for start, heading in headings.items() for i in range(heading.lines)}
    rows = find_rows(lines, taken)
    drafter = _Drafter(lines, body)
    index = 0
    while index < len(lines):
        if heading := headings.get(index):
            end = index + heading.lines
            draft = Draft(BlockKind.HEADING, [list(lines[index:end])], level=heading.level)
            drafter.put(draft)
        elif row := rows.get(index):
            end = row.end
            drafter.put(Draft(BlockKind.ROW, [list(cell) for cell in row.cells]))
        else:
            end = index + 1
            drafter.add(lines[index])
        index = end
    return drafter.drafts


class _Drafter:
    """Takes the lines one by one and grows drafts from them."""

    def __init__(self, lines: Sequence[Line], body: float) -> None:
        self.drafts: list[Draft] = []
        self._body = body
        self._step = _usual_step(lines, body)
        self._right = _right_margin(lines)
        self._numbered: list[Draft] = []  # the last numbered draft at each margin

    def put(self, draft: Draft) -> None:
        self.drafts.append(draft)

    def add(self, line: Line) -> None:
        """Start a draft with the line, or let the last one go on with it."""
        last = self.drafts[-1] if self.drafts else None
        if last is None or last.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            last = None
        marker = find_marker(line.text)
        if marker and not self._starts(marker, line, last):
            marker = None
        if marker is None and last and self._goes_on(last, line):
            last.parts[0].append(line)
            return
        draft = Draft(self._kind(marker, line, last), [[line]], marker)
        if marker and marker.figures:
            others = [other for other in self._numbered if not _near(other.first.x, line.x)]
            self._numbered = [*others, draft]
        self.drafts.append(draft)

    def _kind(self, marker: Marker | None, line: Line, last: Draft | None) -> BlockKind:
        """A number starts a paragraph; but "1." under a lead-in starts a list of items."""
        if marker is None:
            return BlockKind.PARAGRAPH
        if not marker.figures:
            return BlockKind.ITEM
        if before := self._previous(marker, line):
            return before.kind
        leads = last is not None and _words(last.parts[0][-1]).endswith(":")
        indented = any(line.x > draft.first.x + _NEAR for draft in self._numbered)
        return BlockKind.ITEM if leads and indented and marker.figures == (1,) else BlockKind.PARAGRAPH

    def _previous(self, marker: Marker, line: Line) -> Draft | None:
        """The draft at the line's margin whose number comes just before the marker's."""
        near = (draft for draft in self._numbered if _near(line.x, draft.first.x))
        return next((draft for draft in near if _succeeds(marker, draft.marker)), None)

    def _starts(self, marker: Marker, line: Line, last: Draft | None) -> bool:
        """Whether the marker is one: "12. " or "(a) " may also begin a line within a sentence."""
        if marker.firm or last is None:
            return True
        before = last.parts[0][-1]
        if marker.figures:
            if self._previous(marker, line):
                return True
            if self._tight(before, line):
                first = marker.figures[-1] == 1 and _words(before).endswith(":")
                return first or (line.x < before.x - _NEAR and _closed(before))
            return not self._turned(before, line) or _closed(before)
        if self._tight(before, line) or self._turned(before, line):
            return self._listed(line, last) or bool(_LISTING.search(_words(before)))
        return True

    def _listed(self, line: Line, last: Draft) -> bool:
        """Whether an item stands at the line's margin, and the last draft's text does not."""
        if last.kind is BlockKind.ITEM and not _near(line.x, last.hang):
            return any(_near(line.x, d.first.x) for d in self.drafts[-8:] if d.kind is BlockKind.ITEM)
        return False

    def _goes_on(self, last: Draft, line: Line) -> bool:
        """Whether an unmarked line belongs to the last draft."""
        before = last.parts[0][-1]
        if abs(before.size - line.size) > 0.6:
            return False
        if self._turned(before, line):
            return self._goes_on_over_turn(last, line)
        if not self._tight(before, line):
            return self._broken_off(last, line)
        if last.marker and line.x < last.first.x - _NEAR:
            return False
        if before.bold and not line.bold:
            return not (self._short(before) and looks_like_heading(last.parts[0], self._body))
        return not (line.bold and not before.bold and _closed(before) and self._short(before))

    def _broken_off(self, last: Draft, line: Line) -> bool:
        """Whether a line set a little lower (by a raised mark, a box) goes on with a sentence."""
        before = last.parts[0][-1]
        near = self._tight(before, line, leeway=1.7) and _near(line.x, last.hang)
        ends = self._short(before) or _closed(before) or _LISTING.search(_words(before))
        return near and line.text[0].islower() and not ends

    def _goes_on_over_turn(self, last: Draft, line: Line) -> bool:
        before = last.parts[0][-1]
        lower, full, open_ = line.text[0].islower(), not self._short(before), not _closed(before)
        if line.bold and not before.bold and not lower:
            return False
        hung = abs(line.x - last.hang) < (3 if last.kind is BlockKind.ITEM else 0.3)
        if last.kind is BlockKind.ITEM:
            return (hung and (open_ or full or lower)) or (lower and open_)
        hangs = bool(last.marker) and hung and abs(last.hang - last.first.x) > 0.3
        return lower or (full and (open_ or hangs))

    def _tight(self, before: Line, line: Line, *, leeway: float = _STEP) -> bool:
        """Whether the line stands directly below; leeway: in usual steps."""
        step = self._step * line.size / self._body
        if is_large(line, self._body):
            step = 1.25 * line.size  # headings are set closer than text
        return before.page == line.page and -1 < before.y - line.y <= leeway * step

    def _turned(self, before: Line, line: Line) -> bool:
        """Whether a page or a column was turned between the two."""
        return before.page != line.page or line.y > before.y + 1

    def _short(self, line: Line) -> bool:
        return line.right < 0.75 * self._right


def _usual_step(lines: Sequence[Line], body: float) -> float:
    """The step from one line of running text to the next, in points."""
    steps = Counter(
        round(2 * (above.y - line.y)) / 2
        for above, line in pairwise(lines)
        if above.page == line.page and above.size == line.size == body
    )
    # With few lines the steps between paragraphs may outnumber those within.
    common = [(-count, step) for step, count in steps.items() if body <= step < 3 * body]
    few = sum(steps.values()) < 10
    step = min(common)[1] if common else 1.4 * body
    return min(step, 1.5 * body) if few else step


def _right_margin(lines: Sequence[Line]) -> float:
    rights = sorted(line.right for line in lines)
    return rights[int(0.9 * (len(rights) - 1))] if rights else 0.0


def _succeeds(marker: Marker, before: Marker | None) -> bool:
    """Whether one number follows the other: 61 on 60, 2.20 on 2.19, 3.1 on 2.21, 4.1 on 4."""
    if before is None:
        return False
    figures = before.figures
    steps = [(*figures[:i], figures[i] + 1) for i in range(len(figures))]
    return marker.figures in [*steps, *((*step, 1) for step in steps), (*figures, 1)]


def _words(line: Line) -> str:
    return MARK.sub("", line.text).rstrip()


def _closed(line: Line) -> bool:
    return bool(_CLOSED.search(_words(line)))


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= _NEAR
