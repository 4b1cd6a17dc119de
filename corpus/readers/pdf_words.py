"""Lines put together again: no word lost at a hyphen, no two words glued."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from corpus.readers.pdf_lines import HYPHEN

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST = re.compile(r"([^\W\d_]+)-$")
_FIRST = re.compile(r"[^\W\d_]+")
# An address that was broken at one of its own signs goes on without a blank.
_BROKEN_ADDRESS = re.compile(r"(?:https?://|www\.)\S*[/_=?&.-]$")
_PREFIX = re.compile(r"anti|co|cross|ex|extra|inter|mid|multi|non|off|on|out|post|pre|re|self|semi|sub|under")


class Words:
    """A document's vocabulary, asked whether a hyphen at a line's end belongs to its word."""

    def __init__(self, lines: Iterable[str]) -> None:
        """lines: in reading order; the halves of broken words do not count as words."""
        self._known: set[str] = set()
        for before, line in pairwise(["", *lines]):
            words = _WORD.findall(line.lower().replace(HYPHEN, "-"))
            start = 1 if before.endswith((HYPHEN, "-")) else 0
            self._known.update(words[start : len(words) - line.endswith((HYPHEN, "-"))])

    def join(self, texts: Sequence[str]) -> str:
        """The lines' texts as one line; "post-" and "16" give "post-16"."""
        joined = ""
        for text in texts:
            joined = self._joined(joined, text) if joined else text
        return re.sub(r"\s+", " ", joined.replace(HYPHEN, "-")).strip()

    def _joined(self, before: str, after: str) -> str:
        hyphened = before.removesuffix(HYPHEN) + "-" if before.endswith(HYPHEN) else before
        left, right = _LAST.search(hyphened), _FIRST.match(after)
        if left and right and self._soft(left[1].lower(), right[0].lower()):
            return hyphened[:-1] + after
        if re.search(r"\w-$", hyphened) or _BROKEN_ADDRESS.search(hyphened):
            return hyphened + after
        return f"{hyphened} {after}"

    def _soft(self, left: str, right: str) -> bool:
        """Whether the hyphen only marks the line's end, as far as the document tells."""
        if f"{left}-{right}" in self._known or _PREFIX.fullmatch(left):
            return False
        if left + right in self._known:
            return True
        return left not in self._known and right not in self._known
