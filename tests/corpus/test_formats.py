"""The same document in five formats gives the same clauses."""

from __future__ import annotations

import pytest

from corpus.clauses import parse_clauses
from corpus.models import Clause
from corpus.readers.docx import read_docx
from corpus.readers.html import read_html
from corpus.readers.markdown import read_markdown
from corpus.readers.pdf import read_pdf
from corpus.readers.text import read_text
from tests.corpus import same_document as same

WITH_ROWS = {
    "markdown": lambda: read_markdown(same.MARKDOWN),
    "html": lambda: read_html(same.HTML),
    "docx": lambda: read_docx(same.word_bytes()),
}
READ = WITH_ROWS | {"text": lambda: read_text(same.TEXT), "pdf": lambda: read_pdf(same.pdf_bytes())}


def clauses(name: str) -> tuple[Clause, ...]:
    return parse_clauses(READ[name](), document_id="doc")


@pytest.mark.parametrize("name", READ)
def test_the_clauses_are_the_same(name: str) -> None:
    expected = same.CLAUSES + (same.ROWS if name in WITH_ROWS else [])
    assert [(c.id, c.full_text, c.footnotes) for c in clauses(name)] == expected
    assert {c.id: c.heading_path for c in clauses(name) if c.id in same.PATHS} == same.PATHS


@pytest.mark.parametrize("name", READ)
def test_pages_are_known_where_the_format_has_them(name: str) -> None:
    pages = {clause.id: clause.page for clause in clauses(name)}
    assert (pages["doc/1"], pages["doc/leave/p1"]) == ((1, 2) if name == "pdf" else (None, None))
