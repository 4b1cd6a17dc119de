"""The numbers and bullets that paragraphs and items start with, the same in every format."""

from __future__ import annotations

import re

# "60. Text", "2.19 Text": one figure needs its full stop, so that "3 times more likely" is no paragraph 3.
_NUMBERED = re.compile(r"(?P<number>\d{1,3}(?=\.\s)|\d{1,2}(?:\.\d{1,3}){1,3})\.?\s+(?=[A-Z‘“'\"(\[])")
_BULLET = re.compile(r"(?:[•◦▪●‣∙·*–—-]|o)\s+(?=\S)")
_LETTERED = re.compile(r"\(?(?P<number>[a-z]|[ivx]{1,4}|\d{1,2})\)\s+(?=\S)")


def split_number(text: str) -> tuple[str, str]:
    """Part a paragraph's printed number from its words: "60. The ..." is ("60", "The ...")."""
    match = _NUMBERED.match(text)
    return (match["number"], text[match.end() :]) if match else ("", text)


def split_bullet(text: str) -> tuple[str, str] | None:
    """Part an item's bullet or letter from its words; None when the text is no list item."""
    if match := _LETTERED.match(text):
        return match["number"], text[match.end() :]
    if match := _BULLET.match(text):
        return "", text[match.end() :]
    return None


def letter(position: int) -> str:
    """The letter of the n-th item of a lettered list: 1 is "a", 27 is "aa"."""
    position, rest = divmod(position - 1, 26)
    return (letter(position) if position else "") + chr(ord("a") + rest)
