"""The quote gate: a statement leaves only if it stands, word for word, in a clause that it cites."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence

from assistant.models import Statement

log = logging.getLogger(__name__)
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_SINGLE_QUOTES = re.compile("[\u2018\u2019\u201a\u201b\u2032`\u00b4]")
_DOUBLE_QUOTES = re.compile("[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]")

# What may stand before a quote, what it may end with, and what may follow where it ends otherwise.
_BEFORE = re.compile(r"""(?:[.?!:;]["')\]]*|\s-|\([a-z0-9]{1,4}\))\s$""")
_LAST = re.compile(r"""[.?!:;]["')\]]*$""")
_AFTER = re.compile(r"\s(?:- |\([a-z0-9]{1,4}\) )")


def normalised(text: str) -> str:
    """White space, dashes and quotation marks made one; every other character, and its case, as it stands."""
    text = _DASHES.sub("-", text)
    text = _DOUBLE_QUOTES.sub('"', _SINGLE_QUOTES.sub("'", text))
    return " ".join(text.split())


def stands_in(quote: str, text: str) -> bool:
    """Whether a quote stands in a text as whole words: "must" is no quote from "musty", nor "5" from "15"."""
    needle, haystack = normalised(quote), normalised(text)
    if not needle:
        return False
    start = haystack.find(needle)
    while start != -1:
        end = start + len(needle)
        whole_start = start == 0 or not (haystack[start - 1].isalnum() and needle[0].isalnum())
        whole_end = end == len(haystack) or not (haystack[end].isalnum() and needle[-1].isalnum())
        if whole_start and whole_end and _complete(needle, haystack, start, end):
            return True
        start = haystack.find(needle, start + 1)
    return False


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


def _complete(needle: str, haystack: str, start: int, end: int) -> bool:
    """Whether the quote is whole sentences, lines or items: a part could drop "not" or a condition."""
    begins = start == 0 or bool(_BEFORE.search(haystack, 0, start)) or needle.startswith("- ")
    ends = end == len(haystack) or bool(_LAST.search(needle)) or bool(_AFTER.match(haystack, end))
    return begins and ends
