"""The PDF reader on the real guidance: nothing lost, nothing glued, all in its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pypdfium2 as pdfium
import pytest

from corpus.models import Block, BlockKind
from corpus.readers.pdf import read_pdf
from tests.shared_material import shared

pytestmark = pytest.mark.integration

KCSIE = "dfe-kcsie-2025-07-for-information.pdf"
PART_ONE = "dfe-kcsie-2025-09-part-one.pdf"
EYFS = "dfe-eyfs-2025.pdf"
CONTENTS = {KCSIE: {2, 3, 149}, PART_ONE: {2, 21}, EYFS: {2, 3}}  # pages with a table of contents
NOTES = {KCSIE: 168 + 5, PART_ONE: 23 + 5, EYFS: 63 + 2}  # five stand under the flowchart
EVERY = pytest.mark.parametrize("name", [KCSIE, PART_ONE, EYFS])


def data(name: str) -> bytes:
    return shared(f"guidance/{name}").read_bytes()


@cache
def blocks(name: str) -> tuple[Block, ...]:
    return tuple(read_pdf(data(name)))


@cache
def raw_pages(name: str) -> tuple[str, ...]:
    """The text layer as pdfium gives it, page by page: what the reader must not lose."""
    pages = pdfium.PdfDocument(data(name))
    texts = [page.get_textpage().get_text_range() for page in pages]
    return tuple(re.sub("[\x02\ufffe\u00ad]", "-", text) for text in texts)


@cache
def bookmarks(name: str) -> tuple[tuple[int, str], ...]:
    """Level and title, without the marks of notes that Word leaves in titles ("12F")."""
    marks = pdfium.PdfDocument(data(name)).get_toc()
    return tuple((m.level + 1, re.sub(r"(\s*\d+F)+\s*$", "", m.get_title()).strip()) for m in marks)


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


def texts(name: str) -> Iterator[str]:
    """Every block's number, text and notes."""
    for block in blocks(name):
        yield f"{block.number} {block.text}"
        yield from block.footnotes


def numbered(name: str) -> list[Block]:
    return [block for block in blocks(name) if block.kind is BlockKind.PARAGRAPH and block.number]


def before_annexes(name: str) -> list[Block]:
    found = blocks(name)
    annex = next((i for i, b in enumerate(found) if b.level == 1 and b.text.startswith("Annex")), None)
    return list(found[:annex])


def headings_of(name: str) -> dict[str, str]:
    """The nearest heading above each numbered paragraph of the main part."""
    found, heading = {}, ""
    for block in before_annexes(name):
        if block.kind is BlockKind.HEADING:
            heading = block.text
        elif block.kind is BlockKind.PARAGRAPH and block.number:
            found[block.number] = heading
    return found


@EVERY
def test_no_word_is_lost_or_made(name: str) -> None:
    got = Counter(word for text in texts(name) for word in words(text))
    raw = Counter(
        word
        for number, page in enumerate(raw_pages(name), start=1)
        if number not in CONTENTS[name]
        for word in words(re.sub(r"(?m)^o ", "", page))
    )
    everything = Counter(word for page in raw_pages(name) for word in words(page))
    assert not raw - got, "words were lost"
    assert not got - everything, "two words were glued, or one was doubled"


@EVERY
def test_every_block_stands_unbroken_in_the_text_layer(name: str) -> None:
    """Its letters follow one another there; only a page turn may part them, once."""
    raw = ["".join(words(page)) for page in raw_pages(name)]
    for block in blocks(name):
        letters = "".join(words(block.text))
        page, following = raw[(block.page or 0) - 1], [*raw, ""][block.page or 0]
        whole = letters in page
        parts = ((letters[:i], letters[i:]) for i in range(1, len(letters)))
        assert whole or any(first in page and rest in following for first, rest in parts), block


@EVERY
def test_headings_are_the_bookmarks(name: str) -> None:
    found = [(b.level, b.text) for b in blocks(name) if b.kind is BlockKind.HEADING]
    expected = [(level, title) for level, title in bookmarks(name) if "ontents" not in title]
    assert [(level, words(text)) for level, text in found[1:]] == [(level, words(title)) for level, title in expected]
    assert found[0][0] == 1  # the title on the cover
    assert found[0][1].lower().startswith(("keeping children safe", "early years"))


def test_kcsie_paragraphs_are_all_there_once_and_in_order() -> None:
    main = [b.number for b in before_annexes(KCSIE) if b.kind is BlockKind.PARAGRAPH and b.number]
    assert main == [str(n) for n in range(1, 563)]
    annexes = [b.number for b in numbered(KCSIE)[562:]]
    assert annexes == [str(n) for n in range(1, 24)]  # Annex A numbers afresh


def test_part_one_paragraphs_are_all_there_once_and_in_order() -> None:
    assert [b.number for b in numbered(PART_ONE)] == [str(n) for n in range(1, 75)]


def test_eyfs_paragraphs_are_all_there_once_and_in_order() -> None:
    main = [b.number for b in before_annexes(EYFS) if b.kind is BlockKind.PARAGRAPH and b.number]
    ends = [(1, 20), (2, 21), (3, 105)]
    sections = [f"{section}.{n}" for section, end in ends for n in range(1, end + 1)]
    assert main == [*(str(n) for n in range(1, 6)), *sections]
    annexes = [b.number for b in numbered(EYFS)[len(main) :]]
    assert annexes == [str(n) for end in (7, 29, 3) for n in range(1, end + 1)]


def test_paragraphs_stand_under_their_headings() -> None:
    kcsie, eyfs = headings_of(KCSIE), headings_of(EYFS)
    for number, heading in {
        "1": "A child centred and co-ordinated approach to safeguarding",
        "4": "The role of school and college staff",
        "24": "Indicators of abuse and neglect",
        "35": "Child criminal exploitation (CCE)",
        "41": "Domestic abuse",
        "57": "Statutory children’s social care assessments and services",
        "60": "Children in need",
        "66": "Record keeping",
        "75": "Part two: The management of safeguarding",
        "114": "Information sharing",
        "134": "Online safety",
        "209": "Part three: Safer recruitment",
        "229": "Selection",
        "235": "ii. Pre-appointment vetting checks, regulated activity and recording information",
        "243": "Considering which type of check is required",
        "254": "DBS Update Service",
        "562": "Safeguarding other children",
    }.items():
        assert kcsie[number] == heading, number
    for number, heading in {
        "1": "Introduction",
        "1.4": "The areas of learning and development",
        "2.5": "Ongoing assessment",
        "2.13": "Assessment at the end of the EYFS – the Early Years Foundation Stage Profile (EYFSP)",
        "3.7": "Whistleblowing",
        "3.42": "Staff: child ratios",
        "3.63": "Safer eating",
        "3.105": "Other Legal Duties",
    }.items():
        assert eyfs[number] == heading, number


@pytest.mark.parametrize(
    ("name", "number", "pages", "seam"),
    [
        (KCSIE, "24", (11, 12), "Abuse can take place wholly"),
        (KCSIE, "28", (12, 13), "including exclusion from home"),
        (KCSIE, "32", (13, 14), "an unsafe environment for"),  # a footnote stands between
        (KCSIE, "38", (15, 16), "touching outside clothing"),
        (PART_ONE, "40", (12, 13), "consent to have sex. Some"),  # the sentence ends with the page
        (EYFS, "2.9", (19, 19), "progress check"),
        (EYFS, "3.10", (23, 24), "CMA of the action they"),
        (EYFS, "3.82", (39, 40), "and other exclusively"),
    ],
)
def test_paragraphs_cross_pages(name: str, number: str, pages: tuple[int, int], seam: str) -> None:
    block = next(b for b in numbered(name) if b.number == number)
    assert block.page == pages[0]
    assert seam in block.text
    last = words(block.text)[-4:]
    assert " ".join(last) in " ".join(words(raw_pages(name)[pages[1] - 1]))


@EVERY
def test_no_page_number_or_bullet_is_left(name: str) -> None:
    for block in blocks(name):
        assert not re.fullmatch(r"\W*\d*\W*", block.text), block
        assert not re.match(r"[•◦▪]|o ", block.text), block
        assert "•" not in block.text, block
        assert not re.search("[\x02\ufffe\u00ad\ue000\ue001]", block.text), block
        assert "  " not in block.text, block
    # Each page's number is one figure fewer in the blocks than in the text layer.
    figures = Counter(re.findall(r"\d+", " ".join(texts(name))))
    printed = Counter(re.findall(r"\d+", " ".join(raw_pages(name))))
    last = len(raw_pages(name)) - 1  # the cover and the back page have no number
    assert all(printed[str(page)] > figures[str(page)] for page in range(2, last))


@EVERY
def test_every_bullet_is_an_item(name: str) -> None:
    bullets = sum(page.count("•") + len(re.findall(r"(?m)^o ", page)) for page in raw_pages(name))
    items = [b for b in blocks(name) if b.kind is BlockKind.ITEM]
    assert sum(not item.number for item in items) == bullets
    assert {item.level for item in items} <= {1, 2}


def test_bullets_below_bullets_are_of_the_second_level() -> None:
    second = [b for b in blocks(EYFS) if b.kind is BlockKind.ITEM and b.level == 2]
    assert Counter(b.page for b in second) == {4: 2, 53: 6}
    policy = [b for b in blocks(KCSIE) if b.page == 29 and b.kind is BlockKind.ITEM]
    assert [b.level for b in policy] == [1, *[2] * 7]


@EVERY
def test_footnotes_are_with_their_blocks_and_not_in_the_text(name: str) -> None:
    assert sum(len(block.footnotes) for block in blocks(name)) == NOTES[name]
    text = "\n".join(block.text for block in blocks(name))
    for block in blocks(name):
        for note in block.footnotes:
            assert len(note) < 70 or note not in text, note  # a short one may name an Act
    assert any("3.5m2" in b.text for b in blocks(EYFS))  # a raised figure that is no mark


def test_footnotes_reach_the_right_paragraph() -> None:
    by_number = {b.number: b for b in reversed(numbered(KCSIE))}
    assert by_number["29"].footnotes[0].startswith("Consensual image sharing")
    assert by_number["29"].footnotes[0].endswith("videos.")
    assert "section 5B" in by_number["42"].footnotes[0]
    retained = next(b for b in numbered(EYFS) if b.number == "3.53")
    assert retained.footnotes[0].endswith("3.43).")  # the note goes on on the next page


def test_the_table_of_changes_comes_as_rows() -> None:
    rows = [b for b in blocks(KCSIE) if b.kind is BlockKind.ROW]
    assert {b.page for b in rows} == {184, 185, 186}
    assert all(b.text.count("; ") >= 1 for b in rows)
    assert [b.text for b in rows if b.text.startswith("Part three")] == ["Part three; Safer recruitment"]
