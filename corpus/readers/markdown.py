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
from corpus.readers.encoding import decode
from corpus.readers.html import TAG_ELEMENT, html_blocks

# A footnote's mark, and the note itself with the lines that go on with it: "[^1]: See the Act."
_NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")
_NOTE = re.compile(r"^\[\^([^\]\s]+)\]:[ \t]*(\S.*(?:\n(?!\[\^)[ \t]*\S.*)*)\n?", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?\n", re.DOTALL | re.MULTILINE)


def read_markdown(data: bytes) -> list[Block]:
    """Read the body of a Markdown file; raw HTML in it is text, as a reader would see it."""
    _, body = split_front_matter(decode(data))
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    parser.add_render_rule("code_inline", _render_code)
    body, notes = _take_notes(body)
    page = _NOTE_MARK.sub(lambda mark: _linked(mark, notes), parser.render(body))
    foot = "".join(
        f'<div id="note-{place}">{parser.renderInline(note)}</div>' for place, note in enumerate(notes.values())
    )
    return html_blocks(LexborHTMLParser(page + foot))


def split_front_matter(text: str) -> tuple[Mapping[str, Any], str]:
    """Part the YAML front matter from the body.

    Raises CorpusError where the front matter is no YAML or not a mapping.
    """
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    try:
        values = yaml.safe_load(match[1]) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date such as 2026-02-30
        reason = " ".join(str(error).split())
        raise CorpusError(f"the front matter is not valid YAML ({reason}): mend the lines between ---") from error
    if not isinstance(values, dict):
        raise CorpusError("the front matter is no list of 'key: value' lines: mend the lines between ---")
    return values, text[match.end() :]


def _take_notes(body: str) -> tuple[str, dict[str, str]]:
    """Part the footnotes from the text: their words by their mark."""
    notes = {match[1]: " ".join(match[2].split()) for match in _NOTE.finditer(body)}
    return _NOTE.sub("", body), notes


def _linked(mark: re.Match[str], notes: Mapping[str, str]) -> str:
    """A footnote's mark as a link to the note, the way that the HTML reader knows it."""
    return f'<sup><a href="#note-{list(notes).index(mark[1])}"></a></sup>' if mark[1] in notes else mark[0]


def _render_code(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    """A code span of fields parted by "|" is a digest's tag line; any other is plain text."""
    content = tokens[index].content
    if content.count(" | ") >= 3:
        return f'<{TAG_ELEMENT} class="tag" value="{html.escape(content)}"></{TAG_ELEMENT}>'
    return html.escape(content)
