"""An old edition is never passed off as current, and what was not seen is said to be so."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assistant.composing import Draft
from assistant.editions import in_force, notices
from assistant.models import Notice
from corpus.models import Authority, Clause, Document, Edition
from corpus.register import Register, load_register
from tests.index.fakes import clause

OLD = Edition("old", "The guide", "DfE", Authority.STATUTORY, "2024", dt.date(2024, 9, 1), superseded_by="new")
NEW = Edition("new", "The guide", "DfE", Authority.STATUTORY, "2026", dt.date(2026, 7, 26), url="https://x.uk/new")
BEFORE, AFTER = dt.date(2026, 7, 25), dt.date(2026, 7, 26)


def draft(found: Clause, *, edition_id: str = "", summary: bool = False) -> Draft:
    document = Document(found.document_id, "Guide", "DfE", Authority.STATUTORY, "", edition_id, summary=summary)
    return Draft(found.full_text, found, document, "must")


def told(*drafts: Draft, editions: tuple[Edition, ...] = (OLD, NEW), on: dt.date = AFTER) -> list[Notice]:
    return notices(drafts, register=Register(editions), on=on)


def test_an_edition_is_superseded_from_the_day_its_successor_starts() -> None:
    found = clause("dfe", "60", "Heads must.")
    old = draft(found, edition_id="old")
    assert [notice.kind for notice in told(old, on=AFTER)] == ["superseded"]
    assert told(old)[0].text == (
        "The guide, 2024: This edition is no longer in force. The newer one is 2026, in force from 26 July 2026. "
        "Paragraph numbers and wording may differ. See https://x.uk/new"
    )
    assert [notice.kind for notice in told(old, on=BEFORE)] == ["later-edition-reported"]
    assert "A later edition is reported (2026)" in told(old, on=BEFORE)[0].text
    for day, expected in ((BEFORE, True), (AFTER, False)):
        assert in_force(found, old.document, register=Register([OLD, NEW]), on=day) is expected


def test_how_sure_the_register_is_goes_with_it() -> None:
    unsure = Edition(
        "old", "The guide", "DfE", Authority.STATUTORY, "2024", superseded_by="new", superseded_note="not read"
    )
    assert (
        "26 July 2026 (not read)."
        in told(draft(clause("dfe", "60", "x"), edition_id="old"), editions=(unsure, NEW))[0].text
    )


def test_a_start_that_is_only_reported_is_said_to_be() -> None:
    reported = replace(NEW, reported=True)
    notice = told(draft(clause("dfe", "60", "x"), edition_id="old"), editions=(OLD, reported))[0]
    assert "This edition is reported to be no longer in force. The newer one is 2026" in notice.text


@pytest.mark.parametrize("see_also", [False, True])
def test_what_staff_would_act_on_is_read_first_where_the_answer_says_it(see_also: bool) -> None:
    number = clause("cwsw", "what-is-hertfordshire-steps/p2", "Ring 01.")
    rate = draft(clause("dfe", "1", "£1."), edition_id="old")
    due = told(replace(rate, see_also=see_also), editions=(OLD,))
    details = told(replace(draft(number), see_also=see_also))
    assert [notice.kind for notice in (*due, *details)] == ["later-edition-expected", "out-of-date-details"]
    assert all(notice.comes_first is not see_also for notice in (*due, *details))
    assert not told(draft(clause("dfe", "1", "x"), edition_id="old"))[0].comes_first


def test_a_successor_that_is_not_held_is_said_to_be_missing() -> None:
    notice, *more = told(draft(clause("dfe", "1", "x"), edition_id="old"), editions=(OLD,))
    assert more == []
    assert notice.kind == "later-edition-expected"
    assert "A later edition is due and is not held here." in notice.text


@pytest.mark.parametrize("edition_id", ["new", "", "unknown"])
def test_the_newest_edition_and_one_unknown_need_no_word(edition_id: str) -> None:
    found = clause("dfe", "1", "x")
    made = draft(found, edition_id=edition_id)
    assert told(made) == []
    assert in_force(found, made.document, register=Register([OLD, NEW]), on=AFTER)


def test_the_edition_of_the_clause_goes_before_that_of_its_document() -> None:
    assert told(draft(clause("dfe", "1", "x", edition_id="new"), edition_id="old")) == []
    assert told(draft(clause("dfe", "1", "x", edition_id="old"), edition_id="new"))


def test_each_thing_is_said_once() -> None:
    drafts = [draft(clause("dfe", str(n), "x"), edition_id="old", summary=True) for n in range(5)]
    assert [notice.kind for notice in told(*drafts)] == ["superseded", "summary"]


def test_a_summary_is_always_said_to_be_one() -> None:
    notice = told(draft(clause("dfe", "1", "x"), summary=True))[0]
    assert (notice.kind, "summary in our own words" in notice.text) == ("summary", True)
    assert told(draft(clause("cwsw", "1", "x"))) == []


def test_a_stale_reference_is_told_of_a_clause_and_of_the_items_of_a_list() -> None:
    section_59 = told(draft(clause("cwsw", "suspensions-and-exclusion/9", "x")))
    assert [notice.kind for notice in section_59] == ["stale-reference"]
    assert '"Section 59" is paragraph 60 of the August 2024 edition' in section_59[0].text
    names = "cwsw/roles-and-responsibilities/p4"
    items = [draft(clause("cwsw", f"{names[5:]}/{n}", "x", parent_id=names)) for n in (1, 2)]
    assert [notice.kind for notice in told(*items)] == ["stale-reference"]


def test_what_the_policy_words_unclearly_is_told_as_such() -> None:
    notice = told(draft(clause("cwsw", "suspensions-and-exclusion/p2", "x")))[0]
    assert notice.kind == "unclear-wording"
    assert "seems to lack words" in notice.text


# --- the real register ---------------------------------------------------------------------------


@pytest.mark.integration
@pytest.mark.parametrize(
    ("document_id", "day", "kinds"),
    [
        ("dfe-exclusion-2024-08", dt.date(2026, 11, 23), ["superseded", "summary"]),
        ("dfe-exclusion-2024-08", dt.date(2026, 7, 25), ["later-edition-reported", "summary"]),
        ("dfe-kcsie-2025", dt.date(2026, 11, 23), ["superseded", "summary"]),
        ("dfe-pupil-premium-2025-26", dt.date(2026, 11, 23), ["later-edition-expected", "summary"]),
        ("dfe-behaviour-2024-02", dt.date(2026, 11, 23), ["summary"]),
        ("cwsw", dt.date(2026, 11, 23), []),
    ],
)
def test_what_is_said_of_a_shipped_document(
    real_documents: dict[str, Document], document_id: str, day: dt.date, kinds: list[str]
) -> None:
    document = real_documents[document_id]
    found = next(clause for clause in document.clauses if not clause.edition_id)
    made = notices([Draft(found.full_text, found, document, "must")], register=load_register(), on=day)
    assert [notice.kind for notice in made] == kinds


@pytest.mark.integration
def test_every_stale_reference_names_a_clause_there_is(shipped_clauses: list[Clause]) -> None:
    from assistant.editions import _references

    assert set(_references()) <= {clause.id for clause in shipped_clauses}
    assert len(_references()) >= 6
