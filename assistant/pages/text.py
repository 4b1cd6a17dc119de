"""A clause's lines as a tree, and the quoted words in them: found exactly or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_MARK = re.compile(r"- (?P<words>.*)|(?P<lettered>\([a-z0-9.]{1,4}\) .*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a clause. is_item: it had a dash or a letter; a letter stays part of the words."""

    words: str
    is_item: bool
    children: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outline:
    """A clause as it stands on the page: its first line, and the list that hangs on it. head may be ""."""

    head: str
    items: list[Line]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of words; marked: it is quoted."""

    words: str
    marked: bool


def outline(text: str) -> Outline:
    """The lines of a clause by their indentation (two spaces a level), as corpus.clauses writes them."""
    first, *others = text.split("\n")
    head, rest = ("", [first, *others]) if _MARK.match(first.lstrip()) else (first, others)
    items: list[Line] = []
    open_: list[tuple[int, list[Line]]] = [(-1, items)]
    for raw in rest:
        bare = raw.lstrip(" ")
        if not bare:
            continue
        depth = len(raw) - len(bare)
        while depth <= open_[-1][0]:
            open_.pop()
        found = _MARK.match(bare)
        words = (found["words"] or found["lettered"] or "") if found else bare
        line = Line(words, found is not None)
        open_[-1][1].append(line)
        open_.append((depth, line.children))
    return Outline(head, items)


def segments(words: str, quote: str) -> list[Segment]:
    """The words, those that the quote has marked; whole: the quote may begin before and end after them.

    The match is letter by letter. Words that are not in the quote as they stand are never marked.
    """
    if not quote or not words:
        return [Segment(words, False)]
    at = words.find(quote)
    if at >= 0:
        parts = ((words[:at], False), (quote, True), (words[at + len(quote) :], False))
        return [Segment(part, marked) for part, marked in parts if part]
    if words in quote:
        return [Segment(words, True)]
    return list(_overlap(words, quote))


def _overlap(words: str, quote: str) -> Iterator[Segment]:
    """The end of the words that the quote starts with, or their start that it ends with: whole sentences only."""
    for cut in _sentence_starts(words):
        tail = words[cut:]
        if quote.startswith(tail):
            yield from (Segment(words[:cut], False), Segment(tail, True))
            return
        head = words[:cut].rstrip()
        if head and quote.endswith(head):
            yield from (Segment(head, True), Segment(words[len(head) :], False))
            return
    yield Segment(words, False)


def _sentence_starts(words: str) -> Sequence[int]:
    return [match.end() for match in re.finditer(r"[.?!][\"')\]\u2019\u201d]* ", words)]
