"""Markdown with front matter in, front matter and blocks out."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from selectolax.lexbor import LexborHTMLParser

from corpus.errors import CorpusError
from corpus.models import Block
from corpus.readers.html import TAG_ELEMENT, html_blocks

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?\n", re.DOTALL | re.MULTILINE)


def read_markdown(data: bytes) -> list[Block]:
    """Read the body of a Markdown file; raw HTML in it is text, as a reader would see it."""
    _, body = split_front_matter(data.decode("utf-8-sig"))
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    parser.add_render_rule("code_inline", _render_code)
    return html_blocks(LexborHTMLParser(parser.render(body)))


def split_front_matter(text: str) -> tuple[Mapping[str, Any], str]:
    """Part the YAML front matter from the body.

    Raises CorpusError where the front matter is not a mapping.
    """
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    try:
        values = yaml.safe_load(match[1]) or {}
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise CorpusError(f"the front matter is not valid YAML ({reason}): mend the lines between ---") from error
    if not isinstance(values, dict):
        raise CorpusError("the front matter is no list of 'key: value' lines: mend the lines between ---")
    return values, text[match.end() :]


def _render_code(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    """A code span of fields parted by "|" is a digest's tag line; any other is plain text."""
    content = tokens[index].content
    if content.count(" | ") >= 3:
        return f'<{TAG_ELEMENT} class="tag" value="{html.escape(content)}"></{TAG_ELEMENT}>'
    return html.escape(content)
