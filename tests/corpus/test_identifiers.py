"""Identifiers: readable, and the same after an edit elsewhere or a move."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import library
from corpus.clauses import parse_clauses
from corpus.identifiers import fingerprint, keep_identifiers, remember, short_heading, slug
from corpus.models import Block, Clause, ClauseKind
from tests.corpus.material import PROPERTY, h, item, p, row


def parse(known: Mapping[str, str], *blocks: Block) -> tuple[Clause, ...]:
    return keep_identifiers(parse_clauses(blocks, document_id="doc"), known)


def texts(clauses: Sequence[Clause]) -> dict[str, str]:
    """Identifier to the first line of its text."""
    return {clause.id: clause.text.partition("\n")[0] for clause in clauses}


def after(first: Sequence[Block], *edits: Sequence[Block]) -> dict[str, str]:
    """What the identifiers stand for after some edits, each remembered before the next."""
    known: dict[str, str] = {}
    for blocks in (first, *edits):
        clauses = parse(known, *blocks)
        known = remember(clauses, known)
    return texts(clauses)


def test_slugs() -> None:
    assert slug("Children’s Rights & SEND: 'what's new'?") == "childrens-rights-send-whats-new"
    assert slug("É€ — …") == "e"
    assert slug("—") == "section"
    long = slug("Name of the Designated Safeguarding Lead with responsibility for children with a Social Worker")
    assert long == "name-of-the-designated-safeguarding-lead"
    assert slug("x" * 60) == "x" * 48


def test_short_headings() -> None:
    assert short_heading("Roles and Responsibilities: Education planning for all") == "Roles and Responsibilities"
    assert short_heading("SEN: what it is") == "SEN: what it is"


def test_fingerprints_are_of_the_words_alone() -> None:
    assert fingerprint("The  DT’s duty – now.") == fingerprint("the dt's DUTY now")
    assert fingerprint("must") != fingerprint("must not")
    assert len(fingerprint("")) == 16


HEAD = h(2, "Duties")
ONE, TWO, THREE = p("One."), p("Two."), p("Three.")


def test_a_new_paragraph_does_not_push_the_others() -> None:
    assert after([HEAD, ONE, TWO], [HEAD, p("New."), ONE, TWO]) == {
        "doc/duties/p3": "New.",
        "doc/duties/p1": "One.",
        "doc/duties/p2": "Two.",
    }


def test_moved_paragraphs_take_their_identifiers_along() -> None:
    assert after([HEAD, ONE, TWO, THREE], [HEAD, THREE, ONE, TWO]) == {
        "doc/duties/p3": "Three.",
        "doc/duties/p1": "One.",
        "doc/duties/p2": "Two.",
    }


def test_an_edited_paragraph_keeps_its_place() -> None:
    assert after([HEAD, ONE, TWO, THREE], [HEAD, ONE, p("Two, mended."), THREE]) == {
        "doc/duties/p1": "One.",
        "doc/duties/p2": "Two, mended.",
        "doc/duties/p3": "Three.",
    }


def test_an_identifier_is_not_given_to_new_words_once_its_own_have_gone() -> None:
    gone, back = [HEAD, ONE, THREE], [HEAD, ONE, TWO, THREE]
    assert after(back, gone, [HEAD, ONE, p("New."), THREE])["doc/duties/p4"] == "New."
    assert after(back, gone, [HEAD, ONE, p("New."), THREE, TWO])["doc/duties/p2"] == "Two."


def test_the_same_words_twice() -> None:
    assert after([HEAD, ONE, TWO, ONE], [HEAD, TWO, ONE, ONE]) == {
        "doc/duties/p2": "Two.",
        "doc/duties/p1": "One.",
        "doc/duties/p3": "One.",
    }


def test_items_follow_their_list() -> None:
    helps, tells = [p("They help by:"), item("calling"), item("writing")], [p("They tell:"), item("heads")]
    assert after([HEAD, *helps, *tells], [HEAD, *tells, *helps]) == {
        "doc/duties/p2": "They tell:",
        "doc/duties/p2/1": "heads",
        "doc/duties/p1": "They help by:",
        "doc/duties/p1/1": "calling",
        "doc/duties/p1/2": "writing",
    }


def test_items_follow_a_new_list_that_its_place_is_denied() -> None:
    helps = [p("They help by:"), item("calling"), item("asking who"), item("parents", 2)]
    new = [p("They tell:"), item("heads"), item("staff who"), item("teach", 2)]
    clauses = parse(remember(parse({}, HEAD, *helps), {}), HEAD, *new, *helps)
    assert [c.id for c in clauses[:4]] == ["doc/duties/p2", "doc/duties/p2/1", "doc/duties/p2/2", "doc/duties/p2/2/1"]
    assert [c.parent_id for c in clauses[:4]] == ["", "doc/duties/p2", "doc/duties/p2", "doc/duties/p2/2"]


def test_a_list_keeps_its_name_when_an_item_comes_or_goes() -> None:
    lead = p("They help by:")
    assert after([HEAD, ONE, lead, item("a"), item("b")], [HEAD, lead, item("c"), item("b")]) == {
        "doc/duties/p2": "They help by:",
        "doc/duties/p2/1": "c",
        "doc/duties/p2/2": "b",
    }


def test_the_parts_of_a_long_paragraph_stay_with_it() -> None:
    old, new = p("The old rule is written down here. " * 80), p("A new rule stands in its place now. " * 80)
    assert [*after([HEAD, old], [HEAD, new, old])] == [
        "doc/duties/p2",
        "doc/duties/p2-part-2",
        "doc/duties/p1",
        "doc/duties/p1-part-2",
    ]


def test_a_printed_number_is_never_given_to_another_paragraph() -> None:
    """A new edition puts a paragraph 2 in: the old one is paragraph 3 now, and is found as such."""
    first = [HEAD, p("One.", "1"), p("Two.", "2")]
    second = [HEAD, p("One.", "1"), p("New.", "2"), p("Two.", "3"), h(2, "Annex"), p("A.", "1"), p("B.", "2")]
    third = [*second[:5], p("Z.", "1"), p("A.", "2"), p("B.", "3")]
    assert after(first, second, third) == {
        "doc/1": "One.",
        "doc/2": "New.",
        "doc/3": "Two.",
        "doc/annex/1": "Z.",
        "doc/annex/2": "A.",
        "doc/annex/3": "B.",
    }


def test_a_digests_clauses_stay_with_the_paragraph_they_sum_up() -> None:
    def clause(text: str, where: str) -> Block:
        return item(text, tag=f"must | - | all | always: x | {where}")

    first = [HEAD, clause("A.", "paragraph 60"), clause("B.", "page 24"), clause("C.", "paragraph 61")]
    second = [HEAD, clause("New.", "paragraph 60"), *first[1:2], clause("N.", "page 24"), *first[2:]]
    assert after(first, second) == {
        "doc/60-2": "New.",
        "doc/60": "A.",
        "doc/page-24-2": "N.",
        "doc/page-24": "B.",
        "doc/61": "C.",
    }


LATER = [h(2, "Update"), h(3, "Duties"), p("Later."), p("Last.")]


def test_a_section_keeps_its_name_when_another_of_its_heading_comes_or_goes() -> None:
    both = after([HEAD, ONE, *LATER])
    assert both == {
        "doc/duties/p1": "One.",
        "doc/update-duties/p1": "Later.",
        "doc/update-duties/p2": "Last.",
    }
    gone = after([HEAD, ONE, *LATER], LATER)
    assert gone == {identifier: text for identifier, text in both.items() if text != "One."}
    assert after(LATER, [HEAD, ONE, *LATER]) == {
        "doc/duties-2/p1": "One.",
        "doc/duties/p1": "Later.",
        "doc/duties/p2": "Last.",
    }


def test_a_section_keeps_its_name_when_its_heading_is_reworded() -> None:
    assert [*after([HEAD, ONE, TWO], [h(2, "What we do"), ONE, TWO, THREE])] == [
        "doc/duties/p1",
        "doc/duties/p2",
        "doc/duties/p3",
    ]


# --- whatever the edit --------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A part of a section. Its number makes its words its own."""

    shape: str
    number: int
    items: tuple[int, ...] = ()

    def blocks(self) -> list[Block]:
        text = f"words {self.number}"
        leads = [item(f"{text} {n}", 1 + n % 2) for n in self.items]
        shapes = {
            "p": [p(f"{text}.")],
            "row": [row(text)],
            "list": [p(f"{text}:"), *leads],
            "bare": [p(f"{text}."), *leads],
        }
        return shapes[self.shape]


PIECES = st.builds(
    Piece,
    st.sampled_from(["p", "p", "row", "list", "bare"]),
    st.integers(0, 999),
    st.permutations((1, 2, 3)).map(tuple),
)
SECTION = st.lists(PIECES, min_size=1, max_size=5, unique_by=lambda piece: piece.number)


def section(heading: str, pieces: Sequence[Piece]) -> list[Block]:
    return [h(2, heading), *(block for piece in pieces for block in piece.blocks())]


def document(*sections: Sequence[Piece]) -> list[Block]:
    return [block for number, pieces in enumerate(sections) for block in section(f"Part {number}", pieces)]


def by_words(clauses: Sequence[Clause]) -> dict[tuple[str, str, str], str]:
    """Identifiers by section, lead-in and words; a list without a lead-in has no words of its own."""
    return {
        (clause.heading_path[0], clause.lead_in, clause.text.partition("\n")[0]): clause.id
        for clause in clauses
        if "/list" not in clause.id
    }


@st.composite
def edited(draw: st.DrawFn, pieces: Sequence[Piece]) -> list[Piece]:
    """Some pieces go, some come, and all may change places."""
    kept = [pieces[0], *(piece for piece in pieces[1:] if draw(st.booleans()))]  # a heading alone would be text
    numbers = {piece.number for piece in pieces}
    new = [piece for piece in draw(SECTION) if piece.number not in numbers]
    return list(draw(st.permutations([*kept, *new])))


@PROPERTY
@given(SECTION, SECTION, st.data())
def test_an_edit_changes_no_identifier_in_another_section(
    one: list[Piece], two: list[Piece], data: st.DataObject
) -> None:
    before = parse({}, *document(one, two))
    now = parse(remember(before, {}), *document(data.draw(edited(one)), two))

    def second(clauses: Sequence[Clause]) -> list[str]:
        return [clause.id for clause in clauses if clause.heading_path == ("Part 1",)]

    assert second(now) == second(before)


@PROPERTY
@given(SECTION, st.data())
def test_what_only_moved_keeps_its_identifier(one: list[Piece], data: st.DataObject) -> None:
    known: dict[str, str] = {}
    before: dict[tuple[str, str, str], str] = {}
    for _ in range(3):
        clauses = parse(known, *document(one))
        known, now = remember(clauses, known), by_words(clauses)
        assert {key: before[key] for key in before if key in now} == {key: now[key] for key in now if key in before}
        before, one = now, data.draw(edited(one))


@PROPERTY
@given(SECTION.filter(lambda pieces: len(pieces) > 1), st.data())
def test_what_is_added_takes_no_identifier_that_was_given_before(one: list[Piece], data: st.DataObject) -> None:
    known: dict[str, str] = {}
    for pieces in (one, one[1:]):  # something went, and that is remembered
        known = remember(parse(known, *document(pieces)), known)
    fresh = data.draw(PIECES.filter(lambda piece: piece.number not in {old.number for old in one}))
    place = data.draw(st.integers(0, len(one) - 1))
    now = by_words(parse(known, *document([*one[1:][:place], fresh, *one[1:][place:]])))
    old = by_words(parse(known, *document(one[1:])))
    assert not {now[key] for key in now if key not in old} & known.keys()


@PROPERTY
@given(SECTION, SECTION, st.data())
def test_identifiers_stay_unique_and_parents_true(one: list[Piece], two: list[Piece], data: st.DataObject) -> None:
    known = remember(parse({}, *document(one, two)), {})
    clauses = parse(known, *document(data.draw(edited(one)), data.draw(edited(two))))
    assert max(Counter(clause.id for clause in clauses).values(), default=1) == 1
    seen: set[str] = set()
    for clause in clauses:
        if clause.parent_id:
            assert clause.parent_id in seen
            assert "/list" in clause.parent_id or clause.id.startswith(f"{clause.parent_id}/")
        seen.add(clause.id)


@PROPERTY
@given(SECTION, SECTION, st.data())
def test_parsing_again_with_what_is_known_changes_nothing(
    one: list[Piece], two: list[Piece], data: st.DataObject
) -> None:
    known = remember(parse({}, *document(one, two)), {})
    blocks = document(data.draw(edited(one)), two)
    first = parse(known, *blocks)
    assert parse(remember(first, known), *blocks) == first
    assert parse({}, *blocks) == parse_clauses(blocks, document_id="doc")


# --- the documents that ship --------------------------------------------------------------------


@pytest.mark.parametrize("document", library.shipped_documents(), ids=lambda document: document.id)
def test_identifiers_json_is_in_step(document: library.Document) -> None:
    known = library.known_identifiers().get(document.id, {})
    missing = [c.id for c in document.clauses if known.get(c.id) != c.fingerprint]
    assert not missing, "run `make identifiers`, and commit what it writes"
    assert len({clause.id for clause in document.clauses}) == len(document.clauses)


def test_write_identifiers_adds_and_forgets_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {"cwsw": {"cwsw/gone/p1": "0123456789abcdef", "cwsw/review/p1": "fedcba9876543210"}}
    path = tmp_path / "identifiers.json"
    path.write_text(json.dumps(old), "utf-8")
    monkeypatch.setattr(library, "IDENTIFIERS_PATH", path)
    library.known_identifiers.cache_clear()
    try:
        count = library.write_identifiers()
    finally:
        library.known_identifiers.cache_clear()
    written = json.loads(path.read_text("utf-8"))
    assert written["cwsw"]["cwsw/gone/p1"] == "-0123456789abcdef"
    assert written["cwsw"]["cwsw/review/p1"] != old["cwsw"]["cwsw/review/p1"]
    assert count == sum(map(len, written.values())) > 800
    assert all(clause.kind in ClauseKind for document in library.shipped_documents() for clause in document.clauses)
