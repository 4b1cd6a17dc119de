"""What the tests of this room share: short names for blocks, words, and the real files beside the repository."""

from __future__ import annotations

import re

from hypothesis import settings

from corpus.models import Block, BlockKind


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def h(level: int, text: str, *notes: str) -> Block:
    return Block(BlockKind.HEADING, text, level, footnotes=notes)


def rule() -> Block:
    return Block(BlockKind.HEADING, "")


def p(text: str, number: str = "", *, level: int = 0, page: int | None = None) -> Block:
    return Block(BlockKind.PARAGRAPH, text, level, number, page)


def item(text: str, level: int = 1, number: str = "", *, tag: str = "", page: int | None = None) -> Block:
    return Block(BlockKind.ITEM, text, level, number, page, tag=tag)


def row(text: str, page: int | None = None) -> Block:
    return Block(BlockKind.ROW, text, page=page)


# No deadline: the machine is shared. Few examples: each run of the suite tries others.
PROPERTY = settings(deadline=None, max_examples=60)
