"""The PDF reader on small PDFs made here: one trait of a page to a test."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus.errors import CorpusError
from corpus.models import Block, BlockKind
from corpus.readers.pdf import read_pdf
from tests.corpus.pdf_fixture import Text, make_pdf, paragraph

H, P, ITEM, ROW = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.ROW
FILL = "and the school keeps a written record of every one of these steps taken"  # a full line


def shapes(blocks: list[Block]) -> list[tuple[BlockKind, int, str, str]]:
    return [(block.kind, block.level, block.number, block.text) for block in blocks]


def test_headings_by_size_and_boldness() -> None:
    page = [
        Text(72, 760, "Attendance policy", 20, bold=True),
        Text(72, 720, "1. Aims", 14, bold=True),
        *paragraph(72, 695, FILL, "and more."),
        Text(72, 640, "Who this is for", bold=True),
        *paragraph(72, 615, FILL, "and more."),
        Text(72, 560, "2. Registers", 14, bold=True),
        *paragraph(72, 535, FILL, "and more."),
    ]
    headings = [block for block in read_pdf(make_pdf([page])) if block.kind is H]
    assert [(block.level, block.text) for block in headings] == [
        (1, "Attendance policy"),
        (2, "1. Aims"),
        (3, "Who this is for"),
        (2, "2. Registers"),
    ]


def test_bold_words_and_bold_sentences_are_no_headings() -> None:
    page = [
        *paragraph(72, 700, FILL, "and more."),
        Text(72, 650, "Heads must tell the social worker without delay.", bold=True),
        Text(72, 625, "Unless we say otherwise:", bold=True),
        *paragraph(72, 600, FILL, "and more."),
    ]
    assert {block.kind for block in read_pdf(make_pdf([page]))} == {P}


def test_bookmarks_give_headings_their_levels() -> None:
    page = [
        Text(72, 760, "Part one: safeguarding for", 18, bold=True),
        Text(72, 738, "all staff", 18, bold=True),
        Text(72, 700, "Early help^3^", bold=True),
        *paragraph(72, 675, FILL, "and more."),
        Text(72, 620, "Case study", 14, bold=True),
        *paragraph(72, 595, FILL, "and more."),
    ]
    outline = [("Part one: safeguarding for all staff", 1, 780), ("  Early help12F", 1, 716)]
    assert shapes(read_pdf(make_pdf([page], outline)))[:4] == [
        (H, 1, "", "Part one: safeguarding for all staff"),
        (H, 2, "", "Early help"),
        (P, 0, "", f"{FILL} and more."),
        (P, 0, "", "Case study"),  # a box's label: what follows it stays under "Early help"
    ]


def test_the_cover_gives_one_title() -> None:
    cover = [
        Text(72, 500, "Keeping records", 40, bold=True),
        Text(72, 450, "For schools", 24, bold=True),
    ]
    page = [Text(72, 760, "Summary", 18, bold=True), *paragraph(72, 720, FILL, "and more.")]
    page += [Text(72, 660, "Aims", 18, bold=True), *paragraph(72, 620, FILL, "and more.")]
    for outline in ([], [("Summary", 2, 785), ("Aims", 2, 685)]):
        assert shapes(read_pdf(make_pdf([cover, page], outline)))[:3] == [
            (H, 1, "", "Keeping records"),
            (P, 0, "", "For schools"),
            (H, 1 if outline else 2, "", "Summary"),
        ]


def test_numbered_paragraphs() -> None:
    page = [
        *paragraph(72, 760, "2.18 The head should tell the parents about the plan set out in section", FILL),
        *paragraph(72, 700, "2.19 " + FILL, "12. (a) of the Act applies."),
        *paragraph(72, 640, "Records should name the pupil."),
        *paragraph(72, 610, "2.20Heads may ask."),
        *paragraph(72, 594, "3.1 A new section, set solid."),
    ]
    assert [(block.number, block.text.split()[0]) for block in read_pdf(make_pdf([page]))] == [
        ("2.18", "The"),
        ("2.19", "and"),
        ("", "Records"),
        ("2.20", "Heads"),
        ("3.1", "A"),
    ]


def test_lists_are_nested_by_indentation() -> None:
    page = [
        *paragraph(72, 760, "60. Schools should have:"),
        *paragraph(90, 738, "• a policy which:", hang=108),
        *paragraph(126, 716, "o is reviewed each year", "by the governors", hang=144),
        *paragraph(126, 680, "o is public, and", hang=144),
        *paragraph(90, 658, "• a register", hang=108),
        *paragraph(72, 630, "61. They must:"),
        *paragraph(90, 608, "(a) keep it", hang=108),
        *paragraph(90, 592, "(b) show it under section 3", "(c) of the Act", hang=108),
        *paragraph(72, 550, "62. They may not:"),
        *paragraph(90, 528, "1) lose it", hang=108),
    ]
    assert shapes(read_pdf(make_pdf([page]))) == [
        (P, 0, "60", "Schools should have:"),
        (ITEM, 1, "", "a policy which:"),
        (ITEM, 2, "", "is reviewed each year by the governors"),
        (ITEM, 2, "", "is public, and"),
        (ITEM, 1, "", "a register"),
        (P, 0, "61", "They must:"),
        (ITEM, 1, "a", "keep it"),
        (ITEM, 1, "b", "show it under section 3 (c) of the Act"),
        (P, 0, "62", "They may not:"),
        (ITEM, 1, "1", "lose it"),
    ]


def test_a_numbered_list_in_a_numbered_paragraph() -> None:
    page = [
        *paragraph(72, 760, "60. The steps are:"),
        *paragraph(90, 744, "1. tell the parents", "2. write it down"),
        *paragraph(72, 712, "61. Both are kept, as", "12. and 13. say."),
    ]
    assert shapes(read_pdf(make_pdf([page]))) == [
        (P, 0, "60", "The steps are:"),
        (ITEM, 1, "1", "tell the parents"),
        (ITEM, 1, "2", "write it down"),
        (P, 0, "61", "Both are kept, as 12. and 13. say."),
    ]


def test_page_furniture_is_left_out_and_headings_are_not() -> None:
    pages = [
        [
            Text(72, 800, "Trust behaviour policy", 9),
            Text(72, 760, f"Appendix {n}", 16, bold=True),
            *paragraph(72, 720, f"Text {n} tells what the school does here.", "It goes on."),
            Text(280, 60, f"Page {n} of 4"),
            Text(300, 30, str(n)),
        ]
        for n in (1, 2, 3, 4)
    ]
    blocks = read_pdf(make_pdf(pages))
    assert [block.text for block in blocks] == [
        text
        for n in (1, 2, 3, 4)
        for text in (f"Appendix {n}", f"Text {n} tells what the school does here. It goes on.")
    ]
    assert [block.page for block in blocks] == [1, 1, 2, 2, 3, 3, 4, 4]


def test_the_table_of_contents_is_left_out() -> None:
    page = [
        Text(72, 760, "Contents", 16, bold=True),
        *paragraph(72, 730, "Aims ............................ 2", "Registers and what the school", "does 3"),
        Text(72, 682, "Leave"),
        Text(500, 682, "4"),
    ]
    text = [Text(72, 760, "Aims", 16, bold=True), *paragraph(72, 730, FILL, "and more in 2024")]
    blocks = read_pdf(make_pdf([page, text]))
    assert [block.text for block in blocks] == ["Aims", f"{FILL} and more in 2024"]


def test_footnotes_go_with_the_block_that_refers_to_them() -> None:
    first = [
        *paragraph(72, 760, "4. Rooms of 3.5m^2^ serve nurseries^1^ and schools.^2^Both keep to the Act."),
        *paragraph(72, 730, "5. " + FILL, "in every school that is named on the"),
        *paragraph(72, 120, "^1^ The Act of 2006, as", "amended.", size=9),
        *paragraph(72, 88, "^2^ Pupils who", size=9),
        Text(300, 40, "1"),
    ]
    second = [
        *paragraph(72, 760, "list,^3^ and is kept for them."),
        *paragraph(72, 104, "move home.", size=9),
        *paragraph(72, 88, "^3^ The list of schools.", size=9),
        Text(300, 40, "2"),
    ]
    blocks = read_pdf(make_pdf([first, second]))
    assert [(block.number, block.text, block.footnotes) for block in blocks] == [
        (
            "4",
            "Rooms of 3.5m2 serve nurseries and schools. Both keep to the Act.",
            ("The Act of 2006, as amended.", "Pupils who move home."),
        ),
        (
            "5",
            f"{FILL} in every school that is named on the list, and is kept for them.",
            ("The list of schools.",),
        ),
    ]


def test_a_note_without_a_mark_stays_with_its_page() -> None:
    page = [*paragraph(72, 700, FILL, "and more."), *paragraph(72, 90, "^7^ See the chart.", size=9)]
    assert read_pdf(make_pdf([page]))[0].footnotes == ("See the chart.",)


def test_paragraphs_go_on_over_a_page_turn() -> None:
    pages = [
        paragraph(72, 120, "7. " + FILL, FILL + " by post-", hang=73),
        paragraph(73, 760, "16 providers. " + FILL, "that ends here."),
        paragraph(72, 700, "8. It ends with its page.", hang=73),
        paragraph(72, 760, "It starts with its page.", "• an item that", hang=90),
        paragraph(108, 760, "goes on"),
    ]
    blocks = read_pdf(make_pdf(pages))
    assert [(block.page, block.number, block.text) for block in blocks] == [
        (1, "7", f"{FILL} {FILL} by post-16 providers. {FILL} that ends here."),
        (3, "8", "It ends with its page."),
        (4, "", "It starts with its page."),
        (4, "", "an item that goes on"),
    ]


def test_hyphens_at_line_ends() -> None:
    page = [
        *paragraph(72, 760, "Safeguarding is for all who work here, and to know this is part of safe-"),
        *paragraph(72, 744, "guarding. Staff write down each sign of self-"),
        *paragraph(72, 728, "harm. A plan of ill-", "treatment is a well-", "being matter and the inter-"),
        *paragraph(72, 680, "agency group meets. Ill treatment is rare, and being well is the informa-"),
        *paragraph(72, 664, "tion that we want."),
    ]
    text = read_pdf(make_pdf([page]))[0].text
    for word in ("safeguarding.", "self-harm.", "ill-treatment", "well-being", "inter-agency", "information"):
        assert f" {word}" in text


def test_cells_beside_each_other_make_a_row() -> None:
    page = [
        *paragraph(72, 760, "The steps are these."),
        *paragraph(72, 730, "Day 1"),
        *paragraph(250, 730, "The head tells the parents", "in writing."),
        *paragraph(72, 690, "Day 6", "onwards"),
        *paragraph(250, 690, "The school arranges education.", "All day."),
        *paragraph(420, 690, "Headteacher"),
        *paragraph(72, 640, "That is all of it."),
    ]
    assert shapes(read_pdf(make_pdf([page]))) == [
        (P, 0, "", "The steps are these."),
        (ROW, 0, "", "Day 1; The head tells the parents in writing."),
        (ROW, 0, "", "Day 6 onwards; The school arranges education. All day.; Headteacher"),
        (P, 0, "", "That is all of it."),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a PDF"),
        (b"Dear colleague,", "not a PDF"),
        (b"%PDF-1.7\nnothing more", "damaged: download or export it again"),
        (make_pdf([[Text(72, 700, "A secret.")]], locked=True), "without its password"),
        (make_pdf([[], []]), "run it through OCR"),
        (make_pdf([[Text(300, 40, "1")]]), "run it through OCR"),
        (make_pdf([]), "damaged"),
        (make_pdf([[]] * 2001), "2,001 pages, over the limit of 2,000: split it"),
    ],
)
def test_errors_say_how_to_mend(data: bytes, says: str) -> None:
    with pytest.raises(CorpusError, match=says) as raised:
        read_pdf(data)
    assert "\n" not in str(raised.value)


def test_half_a_file_is_read_or_refused() -> None:
    whole = make_pdf([[Text(72, 700, "The register is kept.")]])
    for length in range(20, len(whole), 40):
        try:
            assert read_pdf(whole[:length])[0].text == "The register is kept."
        except CorpusError:
            continue


def test_two_threads_may_read_at_once() -> None:
    data = make_pdf([paragraph(72, 700, f"{n}. {FILL}", FILL) for n in range(1, 9)])
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(read_pdf, [data] * 8))
    assert all(result == results[0] for result in results)
    assert [block.number for block in results[0]] == [str(n) for n in range(1, 9)]
