"""The Markdown reader: front matter, tag lines, notes; what looks like HTML is text."""

from __future__ import annotations

import datetime as dt

import pytest

from corpus.errors import CorpusError
from corpus.models import Block, BlockKind
from corpus.readers.markdown import read_markdown, split_front_matter

P, ITEM = BlockKind.PARAGRAPH, BlockKind.ITEM


def read(text: str) -> list[Block]:
    return read_markdown(text.encode())


def texts(text: str) -> list[str]:
    return [block.text for block in read(text)]


def test_front_matter_is_parted_from_the_body() -> None:
    front, body = split_front_matter("---\ntitle: A policy\napproved: 2025-12-10\nedition: 2025\n---\n\nText.\n")
    assert front == {"title": "A policy", "approved": dt.date(2025, 12, 10), "edition": 2025}
    assert body == "\nText.\n"


@pytest.mark.parametrize("text", ["Text.\n", "", "--- \nText, and no end.\n", "Text.\n---\na: b\n---\n"])
def test_no_front_matter(text: str) -> None:
    assert split_front_matter(text) == ({}, text)


def test_front_matter_of_windows_and_empty() -> None:
    assert split_front_matter("\ufeff---\r\nid: a-b\r\n---\r\nText.\r\n") == ({"id": "a-b"}, "Text.\r\n")
    assert split_front_matter("---\n---\nText.\n") == ({}, "Text.\n")


@pytest.mark.parametrize(
    "lines", ["title: a: b", "- a\n- b", "just words", "title: [", "approved: 2025-02-30", "\ttitle: x", "[" * 5000]
)
def test_bad_front_matter_says_where_to_mend_it(lines: str) -> None:
    with pytest.raises(CorpusError, match=r"front matter .* mend the lines between ---") as error:
        split_front_matter(f"---\n{lines}\n---\nText.\n")
    assert "\n" not in str(error.value)


def test_raw_html_is_text() -> None:
    assert texts("A <b>bold</b> claim &amp; <script>alert(1)</script>") == [
        "A <b>bold</b> claim & <script>alert(1)</script>"
    ]
    assert texts("<div>\nIn a block\n</div>") == ["<div> In a block </div>"]


def test_emphasis_links_and_code_are_read_as_words() -> None:
    text = "**Must** *not* ~~never~~ [here](https://x.uk) <https://gov.uk/a> `code | span` ![alt](x.png) a\\*b"
    assert texts(text) == ["Must not never here https://gov.uk/a code | span alt a*b"]


def test_lists_numbers_and_paragraphs_inside_items() -> None:
    blocks = read("Lead:\n\n- one\n\n  And more:\n\n  - deep\n- two\n\n2. second\n3. third\n\n60\\. Numbered.\n")
    assert [(block.kind, block.level, block.number, block.text) for block in blocks] == [
        (P, 0, "", "Lead:"),
        (ITEM, 1, "", "one"),
        (P, 1, "", "And more:"),
        (ITEM, 2, "", "deep"),
        (ITEM, 1, "", "two"),
        (ITEM, 1, "2", "second"),
        (ITEM, 1, "3", "third"),
        (P, 0, "60", "Numbered."),
    ]


TAG = 'should | DSL | CSW | before: moving | paragraph 60 | seen at x.uk/?a=1&b="2"'


def test_a_tag_line_is_kept_out_of_the_words() -> None:
    (block,) = read(f"- The DSL should act.\n  `{TAG}`\n")
    assert (block.kind, block.text, block.tag) == (ITEM, "The DSL should act.", TAG)


def test_a_code_span_with_fewer_bars_is_no_tag_line() -> None:
    assert [(block.text, block.tag) for block in read("Press `a | b | c` now.")] == [("Press a | b | c now.", "")]


def test_footnotes() -> None:
    text = "Tell the VSH[^1] and [^ref].\n\n[^1]: Section47\n[^ref]: The *Act*\n    of 1996.\n\nMore[^none].\n"
    assert [(block.text, block.footnotes) for block in read(text)] == [
        ("Tell the VSH and .", ("Section47", "The Act of 1996.")),
        ("More[^none].", ()),
    ]


def test_a_note_that_nothing_refers_to_is_not_lost() -> None:
    assert texts("Text.\n\n[^1]: A note.\n") == ["Text.", "A note."]


def test_encodings() -> None:
    assert [block.text for block in read_markdown("The child’s\n".encode("cp1252"))] == ["The child’s"]
    with pytest.raises(CorpusError, match="UTF-8"):
        read_markdown(b"The \x00\x81 child")
