"""The plain-text reader, on small texts and on the two real ones."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.clauses import parse_clauses
from corpus.errors import CorpusError
from corpus.models import Block, BlockKind
from corpus.readers.text import read_text
from tests.corpus.material import PROPERTY, words
from tests.shared_material import shared

H, P, ITEM = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM
WIDE = "A line that is much longer than any column at which a person would wrap the text of a policy by hand, so it "


def read(text: str) -> list[Block]:
    return read_text(text.encode())


def shapes(text: str) -> list[tuple[BlockKind, int, str, str]]:
    return [(block.kind, block.level, block.number, block.text) for block in read(text)]


def test_headings_marked_or_underlined() -> None:
    assert shapes("Title\n=====\n#Introduction \nText.\nAims\n----\n### Staff ###\n\nMore.\n\n-----\n\nEnd.") == [
        (H, 1, "", "Title"),
        (H, 1, "", "Introduction"),
        (P, 0, "", "Text. Aims"),  # underlined, but no line of its own
        (H, 3, "", "Staff"),
        (P, 0, "", "More."),
        (P, 0, "", "End."),
    ]


def test_wrapped_lines_are_joined() -> None:
    assert shapes("1. The head must\ntell the parents.\n2. The board\nmay ask.\n- an item\n  that goes on\n\nNew.") == [
        (P, 0, "1", "The head must tell the parents."),
        (P, 0, "2", "The board may ask."),
        (ITEM, 1, "", "an item that goes on"),
        (P, 0, "", "New."),
    ]


def test_lines_that_were_not_wrapped_are_paragraphs() -> None:
    assert [text for *_, text in shapes(f"{WIDE}goes on.\nShort.\n{WIDE}ends.")] == [
        f"{WIDE}goes on.",
        "Short.",
        f"{WIDE}ends.",
    ]


@pytest.mark.parametrize(
    ("line", "number", "text"),
    [
        ("60. The head", "60", "The head"),
        ("2.19 The head", "2.19", "The head"),
        ("2.19. ‘Must’ is", "2.19", "‘Must’ is"),
        ("3 times more likely", "", "3 times more likely"),
        ("2024. was a year", "", "2024. was a year"),
        ("4.1 months of learning", "", "4.1 months of learning"),
    ],
)
def test_paragraph_numbers(line: str, number: str, text: str) -> None:
    assert shapes(line) == [(P, 0, number, text)]


@pytest.mark.parametrize("indent", ["  ", "\t", "    "])
def test_bullets_letters_and_depth(indent: str) -> None:
    blocks = read(f"They must:\n* one\n{indent}• deep\n{indent}– deep too\n(a) two\nii) three\no four")
    assert [(b.kind, b.number, b.text) for b in blocks[1:]] == [
        (ITEM, "", "one"),
        (ITEM, "", "deep"),
        (ITEM, "", "deep too"),
        (ITEM, "a", "two"),
        (ITEM, "ii", "three"),
        (ITEM, "", "four"),
    ]
    clauses = {clause.text: clause.id for clause in parse_clauses(blocks, document_id="d")}
    assert clauses["deep too"] == "d/opening-text/p1/1/2"
    assert clauses["two"] == "d/opening-text/p1/a"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They must: - call; - write; or - meet.", ["They must:", "call;", "write; or", "meet."]),
        ("7. They must: a) call; b) write c) meet; e) not this", ["They must:", "call;", "write", "meet; e) not this"]),
        ("- call; - write; and - meet", ["call;", "write; and", "meet"]),
        ("- pupils aged 5 - 16 are bound", ["pupils aged 5 - 16 are bound"]),
        ("A pupil – or parent - may ask.", ["A pupil – or parent - may ask."]),
    ],
)
def test_lists_that_lost_their_line_ends(text: str, expected: list[str]) -> None:
    assert [block.text for block in read(text)] == expected


def test_run_on_letters_are_kept_as_numbers() -> None:
    assert shapes("7. They must: a) call; b) write.") == [
        (P, 0, "7", "They must:"),
        (ITEM, 1, "a", "call;"),
        (ITEM, 1, "b", "write."),
    ]
    assert shapes("- tell: - the head; - the board")[1:] == [(ITEM, 2, "", "the head;"), (ITEM, 2, "", "the board")]


def test_notes_in_the_line_are_taken_out_with_their_mark() -> None:
    text = (
        "## Suspension3 [Paragraph 6 explains the Act.]\n\nPupils2 may go [A pupil is a person at a school.] in year11."
    )
    heading, block = read(text)
    assert (heading.text, heading.footnotes) == ("Suspension", ("Paragraph 6 explains the Act.",))
    assert (block.text, block.footnotes) == ("Pupils may go in year11.", ("A pupil is a person at a school.",))
    assert [b.text for b in read("Of year11 [see below] and [Link to a page](x.uk).")] == [
        "Of year11 [see below] and [Link to a page](x.uk)."
    ]


def test_page_marks_give_pages_and_are_no_text() -> None:
    text = "Cover.\n=====\nPAGE 4\n=====\n# Aims\nWe will\n\nPAGE 5\nact now.\n\nPAGE 6\nNew page."
    assert [(b.page, b.text) for b in read(text.replace("=====", "=" * 40))] == [
        (3, "Cover."),
        (4, "Aims"),
        (4, "We will act now."),
        (6, "New page."),
    ]
    assert [(b.page, b.text) for b in read("One.\fTwo\fgoes on.\fThree.")] == [
        (1, "One."),
        (2, "Two goes on."),
        (4, "Three."),
    ]


def test_a_word_on_pages_is_no_mark() -> None:
    assert [(b.page, b.text) for b in read("See PAGE 4 of it.")] == [(None, "See PAGE 4 of it.")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, ends: str) -> None:
    data = "The child’s plan – £5\n\n- café".replace("\n", ends).encode(encoding)
    assert [block.text for block in read_text(data)] == ["The child’s plan – £5", "café"]


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04\x00\x00\xff", "child’s".encode() + b"\xff", b"\xff\xfe\x00", b"text \x81\xff", b"a\x00b"]
)
def test_what_is_no_text_is_a_plain_error(data: bytes) -> None:
    with pytest.raises(CorpusError, match="in UTF-8"):
        read_text(data)


LINE = st.sampled_from(
    [
        "# Aims",
        "one two",
        "three:",
        "- four",
        "  - five",
        "(a) six",
        "7. Seven is",
        "",
        "PAGE 4",
        "====",
        "\f",
        "eight.",
    ]
)


@PROPERTY
@given(st.lists(LINE, max_size=15))
def test_no_word_is_lost_or_moved(lines: list[str]) -> None:
    text = "\n".join(lines)
    got = [word for block in read(text) for part in (block.number, block.text) for word in words(part)]
    assert got == words(re.sub(r"(?m)^PAGE 4$(?=\n)", "", text))


# --- the real texts -----------------------------------------------------------------------------

EXCLUSIONS = "guidance/dfe-suspension-permanent-exclusion-2024-08.txt"
BEHAVIOUR = "guidance/dfe-behaviour-in-schools-2024-02.txt"


@cache
def real(path: str) -> tuple[str, tuple[Block, ...]]:
    data = shared(path).read_bytes()
    return data.decode(), tuple(read_text(data))


def letters(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", text)


@pytest.mark.integration
def test_every_numbered_paragraph_of_the_exclusions_text() -> None:
    _, blocks = real(EXCLUSIONS)
    numbers = [block.number for block in blocks if block.kind is P and block.number]
    assert numbers == [str(number) for number in range(1, 277)]
    clauses = {clause.id: clause for clause in parse_clauses(blocks, document_id="d")}
    assert all(f"d/{number}" in clauses for number in numbers)
    assert "VSH" in clauses["d/60"].text
    assert clauses["d/60"].locator == "paragraph 60"
    assert max(len(clause.full_text) for clause in clauses.values()) <= 2500


@pytest.mark.integration
@pytest.mark.parametrize("path", [EXCLUSIONS, BEHAVIOUR])
def test_no_word_of_the_real_texts_is_lost_or_made(path: str) -> None:
    text, blocks = real(path)
    got = Counter(w for b in blocks for part in (b.number, b.text, *b.footnotes) for w in letters(part))
    marks = Counter(w for mark in re.findall(r"(?m)^PAGE \d+$", text) for w in letters(mark))
    lost = Counter(letters(text)) - got - marks
    # All that may go is the mark of a note, glued to its word: "pupils2".
    assert set(lost) <= {"2"}
    assert sum(lost.values()) <= 1
    assert not got - Counter(letters(text))


@pytest.mark.integration
@pytest.mark.parametrize("path", [EXCLUSIONS, BEHAVIOUR])
def test_no_word_of_the_real_texts_is_lost_in_the_clauses(path: str) -> None:
    _, blocks = real(path)
    clauses = parse_clauses(blocks, document_id="d")
    told = {w for c in clauses for part in (*c.heading_path, c.number, c.text, *c.footnotes) for w in letters(part)}
    assert {w for b in blocks for part in (b.number, b.text, *b.footnotes) for w in letters(part)} <= told
    assert sum(len(c.footnotes) for c in clauses) == sum(len(b.footnotes) for b in blocks) > 30


@pytest.mark.integration
def test_the_behaviour_text_has_its_pages_and_headings() -> None:
    text, blocks = real(BEHAVIOUR)
    pages = [block.page or 0 for block in blocks]
    last = max(map(int, re.findall(r"(?m)^PAGE (\d+)$", text)))
    assert sorted(set(pages)) == list(range(4, last + 1))
    assert pages == sorted(pages)
    headings = [block.text for block in blocks if block.kind is H]
    assert headings[:2] == ["About this guidance", "Introduction"]
    assert len(headings) == len(re.findall(r"(?m)^#", text))
    for clause in parse_clauses(blocks, document_id="d"):
        assert not re.search(r"PAGE \d|={3,}|^#|\n#", clause.full_text), clause.id
        assert clause.page, clause.id
        assert clause.locator.partition(", point")[0].endswith(f"page {clause.page}") or ", point" in clause.locator
