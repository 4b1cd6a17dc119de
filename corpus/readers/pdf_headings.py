"""Which lines of a PDF are headings, and of what rank: by its bookmarks, else by their look."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.readers.pdf_lines import Line
from corpus.readers.pdf_pages import LARGE, MARK, NOTE_SIZE

DEEPEST = 6
_NOTE_REFERENCE = re.compile(r"(?:\s*\d+F)+\s*$")  # Word leaves "77F79F" in its bookmarks


@dataclass(frozen=True, slots=True)
class Bookmark:
    """One entry of the file's outline. level: 1 outermost. top: height in points, if given."""

    title: str
    level: int
    page: int
    top: float | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that takes so many lines."""

    level: int
    lines: int


def bookmarked(lines: Sequence[Line], bookmarks: Sequence[Bookmark]) -> dict[int, Heading]:
    """The headings that the bookmarks name, by the index of their first line."""
    starts: dict[int, int] = {}
    for index, line in enumerate(lines):
        starts.setdefault(line.page, index)
    found: dict[int, Heading] = {}
    for mark in bookmarks:
        key = _key(_NOTE_REFERENCE.sub("", mark.title))
        for index in range(starts.get(mark.page, len(lines)), len(lines)):
            if lines[index].page != mark.page:
                break
            if index in found or not _below(lines[index], mark.top):
                continue
            if count := _match(lines, index, key):
                found[index] = Heading(min(mark.level, DEEPEST), count)
                break
    return found


def _key(text: str) -> str:
    return re.sub(r"\W", "", MARK.sub("", text)).lower()


def _below(line: Line, top: float | None) -> bool:
    """Whether the line stands where the bookmark leads: within four lines below its height."""
    return top is None or top - 6 * line.size < line.y < top + line.size


def _match(lines: Sequence[Line], index: int, key: str) -> int:
    """How many lines from the index on make up the key; 0 if they do not."""
    text = ""
    for count, line in enumerate(lines[index : index + 8], start=1):
        text += _key(line.text)
        if text == key and key:
            return count
        if not text or not key.startswith(text):
            return 0
    return 0


def title(lines: Sequence[Line], headings: Mapping[int, Heading], body: float) -> dict[int, Heading]:
    """The title on the cover, which bookmarks leave out: the first page's largest lines."""
    first = min(headings, default=0)
    cover = [line for line in lines[:first] if line.page == lines[0].page]
    size = max((line.size for line in cover), default=0.0)
    if size < 1.4 * body:
        return {}
    start = next(i for i, line in enumerate(cover) if line.size == size)
    count = next((i for i, line in enumerate(cover[start:]) if line.size != size), len(cover) - start)
    return {start: Heading(1, count)}


def is_large(line: Line, body: float) -> bool:
    """Whether the line is set larger than the running text."""
    return line.size >= LARGE * body


def looks_like_heading(lines: Sequence[Line], body: float) -> bool:
    """Whether a paragraph of these lines looks like a heading: large or bold, short, no sentence."""
    text = " ".join(line.text for line in lines)
    if not re.search(r"[^\W\d_]", text) or len(lines) > 4:
        return False
    if is_large(lines[0], body):
        limit, ends = 200, ".;,"
    elif all(line.bold for line in lines) and lines[0].size > NOTE_SIZE * body:
        limit, ends = 160, ".;,:!"
    else:
        return False
    return len(text) <= limit and not text.endswith(tuple(ends))


def ranks(groups: Sequence[Sequence[Line]]) -> list[int]:
    """The levels of headings known by their look: the larger, then the bolder, the higher."""
    looks = [(-round(lines[0].size), not all(line.bold for line in lines)) for lines in groups]
    order = sorted(set(looks))
    return [min(order.index(look) + 1, DEEPEST) for look in looks]
