"""The clause parser on blocks made by hand."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.clauses import MAX_CLAUSE_CHARS, parse_clauses
from corpus.errors import CorpusError
from corpus.models import Block, BlockKind, Clause, ClauseKind, Modality, Stage
from tests.corpus.material import PROPERTY, h, item, p, row, rule, words

PARAGRAPH, ITEM, LIST, ROW = ClauseKind.PARAGRAPH, ClauseKind.ITEM, ClauseKind.LIST, ClauseKind.ROW
LONG = "The school writes down each step that it has taken, and why. "  # 61 characters


def parse(*blocks: Block) -> tuple[Clause, ...]:
    return parse_clauses(blocks, document_id="doc")


def named(*blocks: Block) -> dict[str, Clause]:
    return {clause.id: clause for clause in parse(*blocks)}


def ids(*blocks: Block) -> list[str]:
    return [clause.id for clause in parse(*blocks)]


def test_headings_make_a_tree_and_the_title_is_not_part_of_it() -> None:
    clauses = parse(
        h(1, "Attendance policy"), p("Opening."), h(2, "Duties:"), p("One."), h(3, "Staff"), p("Two."), h(2, "Review"),
        p("Three."),
    )  # fmt: skip
    assert [(c.id, c.heading_path, c.locator) for c in clauses] == [
        ("doc/opening-text/p1", (), "Opening text, paragraph 1"),
        ("doc/duties/p1", ("Duties",), "Duties, paragraph 1"),
        ("doc/staff/p1", ("Duties", "Staff"), "Staff, paragraph 1"),
        ("doc/review/p1", ("Review",), "Review, paragraph 1"),
    ]


@pytest.mark.parametrize(
    ("blocks", "path"),
    [
        ((h(1, "Part one"), h(2, "Aims"), p("Text."), h(1, "Part two"), p("More.")), ("Part one", "Aims")),
        ((h(2, "Before"), p("Text."), h(1, "Part one"), p("More.")), ("Before",)),
        ((h(1, "Alone"), p("Text.")), ("Alone",)),
    ],
)
def test_a_first_level_heading_is_no_title_unless_it_is_alone_and_first(
    blocks: tuple[Block, ...], path: tuple[str, ...]
) -> None:
    assert parse(*blocks)[0].heading_path == path


def test_a_heading_with_another_of_its_level_right_below_is_half_of_one() -> None:
    clauses = parse(h(2, "Appendix 3"), h(2, "Risk assessment"), p("Text."), h(2, "Steps"), p("More."))
    assert [c.heading_path for c in clauses] == [("Appendix 3", "Risk assessment"), ("Steps",)]


@pytest.mark.parametrize("following", [(), (rule(), p("Text.")), (h(1, "Two"), p("Text."))])
def test_a_heading_with_nothing_below_it_is_text(following: tuple[Block, ...]) -> None:
    clauses = parse(h(1, "One"), p("Text."), h(2, "Call 999 in an emergency"), *following)
    assert [c.text for c in clauses if "999" in c.text] == ["Call 999 in an emergency"]


def test_duplicate_headings_take_the_one_above_and_then_a_number() -> None:
    blocks = [h(2, "Duties"), h(3, "Attendance"), p("One."), h(2, "Update"), h(3, "Attendance"), p("Two.")]
    blocks += [h(3, "Attendance"), p("Three."), h(2, "Opening text"), p("Four.")]
    assert ids(p("Zero."), *blocks) == [
        "doc/opening-text/p1",
        "doc/attendance/p1",
        "doc/update-attendance/p1",
        "doc/update-attendance-2/p1",
        "doc/opening-text-2/p1",
    ]


def test_a_rule_ends_a_section_and_order_is_kept() -> None:
    clauses = parse(p("One."), h(2, "Names"), p("Two."), rule(), p("Three."), item("four"), h(2, "Aims"), p("Five."))
    assert [(c.id, c.heading_path, c.text) for c in clauses] == [
        ("doc/opening-text/p1", (), "One."),
        ("doc/names/p1", ("Names",), "Two."),
        ("doc/opening-text/p2", (), "Three."),
        ("doc/opening-text/1", (), "four"),
        ("doc/aims/p1", ("Aims",), "Five."),
    ]


def test_after_a_rule_a_heading_stands_under_none_before() -> None:
    clauses = parse(h(1, "One"), h(2, "Two"), p("A."), rule(), h(3, "Three"), p("B."), h(1, "Four"), p("C."))
    assert [c.heading_path for c in clauses] == [("One", "Two"), ("Three",), ("Four",)]


def test_footnotes_of_a_heading_go_to_the_first_clause_below() -> None:
    noted = Block(BlockKind.PARAGRAPH, "Text.", footnotes=("Own.",))
    clauses = parse(h(1, "Title", "A."), h(2, "Duties", "B."), h(3, "Staff", "C."), noted, p("More."))
    assert [c.footnotes for c in clauses] == [("A.", "B.", "C.", "Own."), ()]
    assert parse(h(2, "Names", "D."), item("one"), item("two"))[1].footnotes == ("D.",)


def test_numbered_paragraphs_are_known_by_their_number() -> None:
    clauses = parse(h(2, "Duties"), p("Lead.", "60"), p("More.", page=4), h(2, "Other"), p("Next.", "2.19", page=4))
    assert [(c.id, c.locator, c.number, c.page) for c in clauses] == [
        ("doc/60", "paragraph 60", "60", None),
        ("doc/60/p1", "paragraph 60, continued", "", 4),
        ("doc/2.19", "paragraph 2.19", "2.19", 4),
    ]


def test_an_annex_that_counts_afresh_names_its_heading_throughout() -> None:
    """Its paragraph 3 must not pass for the main text's, though that ends at 2."""
    blocks = [h(1, "Main"), p("A.", "1"), p("B.", "2"), h(1, "Annex A: first aid"), p("C:", "1"), item("c", 1, "a")]
    blocks += [p("More."), p("D.", "2"), h(2, "Who"), p("E.", "3"), h(1, "End"), p("F.", "9")]
    assert [(c.id, c.locator) for c in parse(*blocks)] == [
        ("doc/1", "paragraph 1"),
        ("doc/2", "paragraph 2"),
        ("doc/annex-a/1", "Annex A, paragraph 1"),
        ("doc/annex-a/1/a", "Annex A, paragraph 1, point a"),
        ("doc/annex-a/1/p1", "Annex A, paragraph 1, continued"),
        ("doc/annex-a/2", "Annex A, paragraph 2"),
        ("doc/who/3", "Who, paragraph 3"),
        ("doc/9", "paragraph 9"),
    ]


def test_a_list_is_citable_whole_and_its_items_read_as_sentences() -> None:
    whole, one, two = parse(h(2, "Duties"), p("They are qualified. They help by:"), item("tracking"), item("telling"))
    assert (whole.kind, whole.text) == (LIST, "They are qualified. They help by:\n- tracking\n- telling")
    assert (whole.id, whole.parent_id) == ("doc/duties/p1", "")
    assert [(c.id, c.kind, c.parent_id) for c in (one, two)] == [
        ("doc/duties/p1/1", ITEM, "doc/duties/p1"),
        ("doc/duties/p1/2", ITEM, "doc/duties/p1"),
    ]
    assert one.full_text == "They help by: tracking"
    assert two.locator == "Duties, paragraph 1, point 2"


def test_lead_ins_are_chained_where_they_are_half_a_sentence() -> None:
    blocks = [p("Schools should:"), item("keep a plan that"), item("names staff", 2), item("has dates", 2)]
    blocks += [item("Heads must:"), item("tell parents", 2, "a"), item("end", 1)]
    clauses = named(h(2, "Duties"), *blocks)
    assert [c.full_text for c in clauses.values() if c.kind is ITEM] == [
        "Schools should: keep a plan that names staff",
        "Schools should: keep a plan that has dates",
        "Heads must: tell parents",
        "Schools should: end",
    ]
    assert clauses["doc/duties/p1"].text == (
        "Schools should:\n- keep a plan that\n  - names staff\n  - has dates\n- Heads must:\n  (a) tell parents\n- end"
    )
    assert clauses["doc/duties/p1/1"].full_text == "Schools should: keep a plan that\n- names staff\n- has dates"
    assert clauses["doc/duties/p1/2/a"].parent_id == "doc/duties/p1/2"


def test_a_list_without_a_lead_in_has_points() -> None:
    clauses = parse(h(2, "Practice"), p("What we expect."), item("One."), item("Two."), p("Then."), item("Three."))
    assert [(c.id, c.kind, c.locator, c.lead_in) for c in clauses] == [
        ("doc/practice/p1", PARAGRAPH, "Practice, paragraph 1", ""),
        ("doc/practice/list", LIST, "Practice, the list", ""),
        ("doc/practice/1", ITEM, "Practice, point 1", ""),
        ("doc/practice/2", ITEM, "Practice, point 2", ""),
        ("doc/practice/p2", PARAGRAPH, "Practice, paragraph 2", ""),
        ("doc/practice/3", ITEM, "Practice, point 3", ""),
    ]
    assert clauses[1].text == "- One.\n- Two."
    assert [c.parent_id for c in clauses] == ["", "", clauses[1].id, clauses[1].id, "", ""]


def test_letters_and_numbers_of_items_are_kept() -> None:
    assert ids(h(2, "D"), p("They must:", "7"), item("keep it", 1, "a"), item("show it", 1, "b"))[1:] == [
        "doc/7/a",
        "doc/7/b",
    ]
    assert ids(h(2, "D"), item("keep it", 1, "i"), item("show it", 1, "ii"))[1:] == ["doc/d/i", "doc/d/ii"]


def test_a_paragraph_inside_an_item_stays_there_and_may_lead_a_list() -> None:
    blocks = [p("We help by:"), item("spending the premium"), p("For example if they:", level=1)]
    blocks += [item("have a social worker", 2), item("are carers", 2), item("planning")]
    clauses = named(h(2, "Needs"), *blocks)
    assert clauses["doc/needs/p1/1"].text.startswith("spending the premium\nFor example if they:\n  - have")
    assert clauses["doc/needs/p1/1/1/2"].full_text == "For example if they: are carers"
    assert clauses["doc/needs/p1/2"].full_text == "We help by: planning"


def test_text_after_a_list_is_a_paragraph_of_its_own() -> None:
    clauses = named(h(2, "D"), p("They must:", "60"), item("keep it"), p("It is kept.", page=3), h(2, "E"), p("New."))
    assert clauses["doc/60/p1"].text == "It is kept."
    assert clauses["doc/60/p1"].lead_in == ""
    assert "doc/e/p1" in clauses


def test_rows_and_pages() -> None:
    clauses = parse(h(2, "Dates"), p("See.", page=2), row("Day 1; Call"), row("Day 6; Meet", page=3), item("x", page=3))
    assert [(c.id, c.kind, c.locator) for c in clauses] == [
        ("doc/dates/p1", PARAGRAPH, "Dates, page 2"),
        ("doc/dates/row-1", ROW, "Dates, row 1"),
        ("doc/dates/row-2", ROW, "Dates, page 3"),
        ("doc/dates/1", ITEM, "Dates, page 3"),
    ]


def test_an_over_long_paragraph_comes_in_parts() -> None:
    text = LONG.strip() + " " + LONG * 60
    parts = parse(h(2, "Duties"), p(text, "60"), p("More."))
    assert [c.id for c in parts] == ["doc/60", "doc/60-part-2", "doc/60-part-3", "doc/60/p1"]
    assert [c.locator for c in parts][:2] == ["paragraph 60, part 1", "paragraph 60, part 2"]
    assert all(c.text.endswith("why.") for c in parts[:3])  # parted between sentences
    assert words(" ".join(c.text for c in parts[:3])) == words(text)


def test_an_over_long_list_has_its_lead_in_as_a_clause_and_then_its_items() -> None:
    blocks = [p("They must:", "7"), *(item(f"{n} {LONG * 5}".strip()) for n in range(20))]
    whole, *items = parse(h(2, "Duties"), *blocks)
    assert (whole.kind, whole.text) == (PARAGRAPH, "They must:")
    assert len(items) == 20
    assert {c.parent_id for c in items} == {"doc/7"}
    assert items[0].lead_in == "They must:"


def test_an_over_long_list_without_a_lead_in_comes_in_parts_and_by_item() -> None:
    clauses = parse(h(2, "Terms"), *(item(f"{n} {LONG * 5}".strip()) for n in range(20)))
    lists = [c for c in clauses if c.kind is LIST]
    assert [c.id for c in lists[:2]] == ["doc/terms/list", "doc/terms/list-part-2"]
    assert all(len(c.text) <= MAX_CLAUSE_CHARS for c in lists)
    assert [c.parent_id for c in clauses if c.kind is ITEM] == ["doc/terms/list"] * 20


def test_an_over_long_lead_in_is_not_repeated() -> None:
    lead = "We, " + "and the school, " * 100 + "do this:"
    whole, one = parse(h(2, "D"), p(lead), item("tell"))
    assert whole.text.startswith(lead)
    assert (one.lead_in, one.parent_id) == ("", whole.id)


TAG = "should | designated teacher, DSL | CLA | before: exclusion is likely | paragraph 60"


def test_tag_lines_name_a_digests_clauses() -> None:
    blocks = [item("The DT should call.", tag=TAG), item("The DT should write.", tag=TAG)]
    blocks += [item("Heads may ask.", tag="may | headteacher | all | always: advice | Annex C, page 173")]
    blocks += [item("It was said.", tag="information | - | all | always: x | paragraph not verified | source: wt-2026")]
    blocks += [item("It was so.", tag="must | - | all | always: x | paragraphs 2.19 and 3")]
    first, second, page, unverified, dotted = parse(h(2, "Duties"), *blocks)
    assert (first.id, second.id, page.id, dotted.id) == ("doc/60", "doc/60-2", "doc/annex-c/page-173", "doc/2.19")
    assert (first.locator, page.locator) == ("paragraph 60", "Annex C, page 173")
    assert (first.modality, first.bound, first.groups) == (Modality.SHOULD, ("designated teacher", "DSL"), ("CLA",))
    assert (first.stage, first.when, first.reference) == (Stage.BEFORE, "exclusion is likely", "paragraph 60")
    assert (unverified.id, unverified.edition_id) == ("doc/duties/4", "wt-2026")
    assert unverified.locator == "Duties, point 4 (paragraph not verified)"
    assert {c.kind for c in parse(h(2, "Duties"), *blocks)} == {ITEM}  # a digest's bullets are no list to cite


@pytest.mark.parametrize("tag", ["shall | - | all | always: x | paragraph 1", "must | - | all"])
def test_a_bad_tag_line_is_an_error(tag: str) -> None:
    with pytest.raises(CorpusError, match="the tag line"):
        parse(item("Text.", tag=tag))


def test_a_tag_line_without_words_is_an_error() -> None:
    with pytest.raises(CorpusError, match="closes no clause"):
        parse(item("Text."), Block(BlockKind.PARAGRAPH, "", tag=TAG))


def test_blank_blocks_make_no_clauses() -> None:
    assert parse() == ()
    assert parse(p(""), item(" "), row(""), h(2, " ")) == ()


# --- whatever the blocks ------------------------------------------------------------------------

WORD = st.text(alphabet="abcdeABC01", min_size=1, max_size=9)
SENTENCE = st.builds(
    lambda parts, end: " ".join(parts) + end, st.lists(WORD, min_size=1, max_size=6), st.sampled_from(["", ".", ":"])
)
# Half a clause to a little more than one: a list of two may be too long, and so may a paragraph.
OVER_LONG = st.builds(lambda text, size: f"{text} " * (size // (len(text) + 1) + 1), SENTENCE, st.integers(1200, 2600))
TEXT = st.one_of(SENTENCE, SENTENCE, OVER_LONG.map(str.strip))
NUMBER = st.one_of(st.just(""), st.integers(1, 12).map(str), st.sampled_from(["2.1", "2.2", "a"]))
BLOCKS = st.lists(
    st.one_of(
        st.builds(Block, st.just(BlockKind.HEADING), SENTENCE.map("Heading {}".format), st.integers(1, 6)),
        st.just(rule()),
        st.builds(Block, st.just(BlockKind.PARAGRAPH), TEXT, st.integers(0, 3), NUMBER),
        st.builds(Block, st.just(BlockKind.ITEM), TEXT, st.integers(1, 4), NUMBER),
        st.builds(Block, st.just(BlockKind.ROW), TEXT),
    ),
    max_size=9,
)


@PROPERTY
@given(BLOCKS)
def test_identifiers_are_unique(blocks: list[Block]) -> None:
    assert max(Counter(ids(*blocks)).values(), default=1) == 1


@PROPERTY
@given(BLOCKS)
def test_no_clause_is_too_long_and_none_is_empty(blocks: list[Block]) -> None:
    assert all(0 < len(c.text) <= len(c.full_text) <= MAX_CLAUSE_CHARS for c in parse(*blocks))


@PROPERTY
@given(BLOCKS)
def test_no_word_is_lost_or_moved(blocks: list[Block]) -> None:
    """Each block's words stand together, in order, in the clauses that are no whole lists."""
    clauses = parse(*blocks)
    read: list[str] = []
    for clause in clauses:
        if clause.kind is LIST:  # its items follow as clauses of their own
            read += [] if "/list" in clause.id else words(clause.text.partition("\n")[0])
        elif not clause.text.startswith("Heading "):  # a heading alone
            read += words(clause.text)
    written = [word for block in blocks if block.kind is not BlockKind.HEADING for word in words(block.text)]
    assert read == written
    shown = {word for clause in clauses for text in clause.heading_path for word in words(text)}
    headings = [block for block in blocks if block.kind is BlockKind.HEADING and block.text]
    titled = [block for block in headings if block.level == 1][:1] == headings[:1]
    for heading in headings[1:] if titled else headings:
        assert set(words(heading.text)) <= shown


@PROPERTY
@given(BLOCKS)
def test_parents_are_there_and_come_before_their_items(blocks: list[Block]) -> None:
    seen: set[str] = set()
    for clause in parse(*blocks):
        assert not clause.parent_id or clause.parent_id in seen
        seen.add(clause.id)


@PROPERTY
@given(BLOCKS)
def test_parsing_is_deterministic(blocks: list[Block]) -> None:
    assert parse(*blocks) == parse(*blocks)
