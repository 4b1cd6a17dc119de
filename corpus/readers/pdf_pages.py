"""What stands on a page beside the running text: headers, footers, contents, footnotes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from corpus.readers.pdf_lines import MARK_CLOSE, MARK_OPEN, Line
from corpus.readers.pdf_words import Words

LARGE = 1.08  # of the running text's size: what is larger may be a heading
NOTE_SIZE = 0.93  # of the running text: what is larger is no footnote
MARK = re.compile(rf"\s?{MARK_OPEN}(\d+){MARK_CLOSE}(?:\s(?=[.,;:)]))?")

_EDGE = 0.12  # of the page's height, above and below: where headers and footers stand
_BARE_NUMBER = re.compile(r"(?:page\s*)?[-–|\s]*(\d{1,4}|[ivxl]{1,6})[-–|\s]*(?:(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:table of )?contents(?: page)?:?", re.IGNORECASE)
_LEADER = re.compile(r"(?:[.…·_]\s?){4,}\s*\d{1,4}$")
_ENTRY = re.compile(r"(?:^|\s)\d{1,3}$")
_NOTE = re.compile(rf"{MARK_OPEN}(\d{{1,3}}){MARK_CLOSE}\s*")
# A note whose mark was typed at the end of the line before it.
_LATE_MARK = re.compile(rf"\s({MARK_OPEN}\d{{1,3}}{MARK_CLOSE})$")
_UNIT = re.compile(r"\d\s?[kcm]?m$")
_FINISHED = re.compile(r"[.!?)\]”’]$|\w/\w\S*$")


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: the page it stands on, its mark, its text."""

    page: int
    mark: str
    text: str


def without_furniture(pages: Sequence[list[Line]], heights: Sequence[float], body: float) -> list[list[Line]]:
    """The pages without their page numbers and what recurs at one place at their edges.

    heights: of the pages; body: the size of the running text; both in points.
    """
    edges = [
        line
        for lines, height in zip(pages, heights, strict=True)
        for line in lines
        if not _EDGE * height < line.y < (1 - _EDGE) * height
    ]
    gone = {id(line) for line in [*_page_numbers(edges), *_running(edges, len(pages), body)]}
    return [[line for line in lines if id(line) not in gone] for lines in pages]


def _page_numbers(edges: Sequence[Line]) -> Iterator[Line]:
    """Bare numbers that run with the pages; a year alone on a cover is none."""
    bare = [(line, match[1]) for line in edges if (match := _BARE_NUMBER.fullmatch(line.text))]
    steps = Counter(int(number) - line.page for line, number in bare if number.isdigit())
    for line, number in bare:
        step = int(number) - line.page if number.isdigit() else 0
        if step == 0 or steps[step] > 1:
            yield line


def _running(edges: Sequence[Line], pages: int, body: float) -> Iterator[Line]:
    """Lines whose words recur at the same height; only page numbers may differ in them."""
    alike: dict[str, list[Line]] = defaultdict(list)
    for line in edges:
        alike[re.sub(r"\d+", "#", line.text)].append(line)
    for same in alike.values():
        height = median_low(line.y for line in same)
        lines = [line for line in same if abs(line.y - height) < 3]
        size = lines[0].size / body
        often = len({line.page for line in lines}) >= _often(size, pages)
        if often and (len({line.text for line in lines}) == 1 or (size <= LARGE and _numbers_run(lines))):
            yield from lines


def _often(size: float, pages: int) -> float:
    """On how many pages a line is no accident: "Case study" may head a few of them."""
    share = 0.5 if size > LARGE else 0.125 if size > NOTE_SIZE else 0.0
    return max(3, share * pages) if pages > 2 else 2


def _numbers_run(lines: Sequence[Line]) -> bool:
    """Whether each figure is the same in all lines, or runs with the pages."""
    for figures in zip(*(re.findall(r"\d+", line.text) for line in lines), strict=True):
        steps = {int(figure) - line.page for figure, line in zip(figures, lines, strict=True)}
        if len(set(figures)) > 1 and len(steps) > 1:
            return False
    return True


def without_contents(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The pages without their tables of contents: entries that end with a page number."""
    kept, goes_on = [], False
    for lines in pages:
        start, end = _contents(lines, goes_on)
        goes_on = start < end == len(lines)
        kept.append([*lines[:start], *lines[end:]])
    return kept


def _contents(lines: Sequence[Line], goes_on: bool) -> tuple[int, int]:
    """Where a table of contents starts and ends on the page; (0, 0) where there is none."""
    heads = (i for i, line in enumerate(lines) if _CONTENTS.fullmatch(line.text))
    dotted = (i for i, line in enumerate(lines) if _LEADER.search(line.text))
    start = 0 if goes_on else next(heads, next(dotted, None))
    if start is None:
        return 0, 0
    last, found = start, 0
    for i in range(start, len(lines)):
        if i - last > 3:  # an entry takes three lines at most, its number on the last
            break
        if _ENTRY.search(lines[i].text) or _LEADER.search(lines[i].text):
            last, found = i, found + 1
    return (start, last + 1) if found >= 3 else (0, 0)


def take_notes(pages: Sequence[list[Line]], body: float, words: Words) -> tuple[list[list[Line]], list[Note]]:
    """Part the footnotes from the pages; body is the size of the running text in points."""
    kept: list[list[Line]] = []
    parts: list[tuple[int, str, list[str]]] = []
    foot: list[Line] = []
    for lines in pages:
        foot = _foot(lines, body, foot)
        kept.append([line for line in lines if line not in foot])
        for page, text in _note_lines(foot):
            if mark := _NOTE.match(text):
                parts.append((page, mark[1], [text[mark.end() :]]))
            elif parts:
                parts[-1][2].append(text)
    notes = [Note(page, mark, plain(words.join(texts))) for page, mark, texts in parts]
    return kept, notes


def _foot(lines: Sequence[Line], body: float, before: Sequence[Line]) -> list[Line]:
    """The lines of the page's footnotes, from the top: small, below all others, the first marked.

    before: those of the page before. Where its last note is unfinished, small lines above
    the first mark belong to it.
    """
    small: list[Line] = []
    for line in sorted(lines, key=lambda line: line.y):
        if line.size > NOTE_SIZE * body:
            break
        small.append(line)
    goes_on = bool(small and before) and not _FINISHED.search(before[-1].text)
    if goes_on and abs(small[0].y - before[-1].y) < 3 * body:
        return small[::-1]
    while small and not _NOTE.match(small[-1].text):
        small.pop()
    return small[::-1]


def _note_lines(foot: Sequence[Line]) -> Iterator[tuple[int, str]]:
    for line in foot:
        text = line.text
        if late := _LATE_MARK.search(text):
            yield line.page, text[: late.start()]
            text = late[1]
        yield line.page, text


class NoteFinder:
    """Says which note a raised mark refers to, and which notes nothing refers to."""

    def __init__(self, notes: Sequence[Note]) -> None:
        self._all = notes
        self._notes = {(note.page, note.mark): note for note in reversed(notes)}
        self._found: list[Note] = []

    def take(self, line: Line) -> tuple[str, list[str]]:
        """The line's words without its marks, and the texts of the notes they refer to."""
        texts: list[str] = []

        def resolve(match: re.Match[str]) -> str:
            if _UNIT.search(line.text[: match.start()]):
                return match[1]
            after = line.text[match.end() : match.end() + 1]
            # A note may start on the page after its mark.
            for key in ((line.page, match[1]), (line.page + 1, match[1])):
                if key in self._notes:
                    self._found.append(self._notes[key])
                    texts.append(self._notes[key].text)
                    break
            return " " if after.isalnum() else ""  # the mark may be all that parts two words

        return MARK.sub(resolve, line.text), texts

    def left(self) -> list[Note]:
        """The notes not taken, in order: their marks stand in pictures, or nowhere."""
        return [note for note in self._all if note not in self._found]


def plain(text: str) -> str:
    """The text with raised figures set as plain ones."""
    return text.replace(MARK_OPEN, "").replace(MARK_CLOSE, "")
