"""The quote gate: a statement leaves only if it stands, word for word, in every clause that it cites.

A quote is whole sentences. Half of one could have lost its "not" or its condition, and so could an item
without the lead-in that it completes, or a lead-in without all of its items.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.models import Statement
from corpus.sentences import sentences

log = logging.getLogger(__name__)
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_SINGLE_QUOTES = re.compile("[\u2018\u2019\u201a\u201b\u2032`\u00b4]")
_DOUBLE_QUOTES = re.compile("[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]")

_MARK = re.compile(
    r"(?:-|\((?:\d[\d.]{0,6}|[ivx]{1,5}|[A-Za-z])\)) "
)  # of a list item: "- ", "(2.1) ", "(iv) ", "(a) "
_CLOSED = re.compile(r"""[.?!]["')\]\u2019\u201d]*$""")


def normalised(text: str) -> str:
    """White space, dashes and quotation marks made one; every other character, and its case, as it stands."""
    text = _DASHES.sub("-", text)
    text = _DOUBLE_QUOTES.sub('"', _SINGLE_QUOTES.sub("'", text))
    return " ".join(text.split())


def stands_in(quote: str, text: str) -> bool:
    """Whether a quote is one or more whole sentences of a text, with nothing left out between them.

    The mark of a list's item ("- ", "(a) ") may be left out before its first sentence.
    """
    wanted = normalised(quote)
    pieces = [piece for piece in map(normalised, quotable(text)) if piece]
    return bool(wanted) and any(_opens(pieces[start:], wanted) for start in range(len(pieces)))


def quotable(text: str) -> list[str]:
    """A clause's smallest quotable pieces, in order: sentences; a lead-in and all that hangs on it is one piece."""
    return [piece for block in _blocks(text.splitlines()) for piece in block]


def passed(statements: Sequence[Statement], texts: Mapping[int, str]) -> list[Statement]:
    """The statements whose every citation bears them out; the others are withheld and logged.

    texts: the whole clause by citation number.
    """
    kept: list[Statement] = []
    for statement in statements:
        if statement.citations and all(stands_in(statement.text, texts.get(n, "")) for n in statement.citations):
            kept.append(statement)
        else:
            log.error("withheld a statement that its clause does not bear out: citations %s", statement.citations)
    return kept


def _opens(pieces: Sequence[str], wanted: str) -> bool:
    """Whether the first few pieces, joined, are the wanted text."""
    mark = _MARK.match(pieces[0])
    for joined in {pieces[0], pieces[0][mark.end() :] if mark else pieces[0]}:
        for piece in pieces[1:]:
            if len(joined) >= len(wanted):
                break
            joined = f"{joined} {piece}"
        if joined == wanted:
            return True
    return False


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Each line's sentences; the last of a line that leads in takes the deeper lines under it."""
    start = 0
    while start < len(lines):
        *whole, last = sentences(lines[start]) or [""]
        end = start + 1
        if not _CLOSED.search(last):
            while end < len(lines) and _depth(lines[end]) > _depth(lines[start]):
                end += 1
        yield [*whole, "\n".join([last, *lines[start + 1 : end]])]
        start = end


def _depth(line: str) -> int:
    """How deep a line hangs: an item hangs on a line of its own indentation that is none."""
    bare = line.lstrip(" ")
    return len(line) - len(bare) + bool(_MARK.match(bare))
