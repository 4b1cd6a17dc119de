"""The Trust's policy: every word of its source, every word in the clauses, each clause fit to be cited."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from statistics import median

import pytest

from corpus.library import DOCUMENTS_DIR, known_identifiers, load_shipped
from corpus.models import Authority, Clause, ClauseKind, Document
from corpus.readers.markdown import split_front_matter
from tests.corpus.material import words
from tests.shared_material import shared

PATH = DOCUMENTS_DIR / "children-with-a-social-worker.md"
NAMES = ["Olivia de Groot", "Rebecca Tregear", "Di Hoeksma", "Alison Hanbury", "Sue Wyborn"]
SCHOOLS = ["Bushey Meads School", "Hartsbourne Primary School", "Little Reddings Primary School"]
EMAIL = re.compile(r"[\w.]+@[\w.]+\w")
TELEPHONE = re.compile(r"\b0\d{4} \d{6}\b")
DATE = re.compile(
    r"\b(?:\d{1,2}\.\d{1,2}\.\d{2,4}|(?:\d{1,2}(?:st|nd|rd|th) )?"
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}|\d{4}/\d{2,4})"
)


@cache
def policy() -> Document:
    return load_shipped(PATH, known=known_identifiers())


@cache
def body() -> str:
    return split_front_matter(PATH.read_text("utf-8"))[1]


@cache
def clauses() -> dict[str, Clause]:
    return {clause.id: clause for clause in policy().clauses}


def somewhere(text: str) -> bool:
    """Whether a clause says it, in its words or in the heading it stands under."""
    return any(
        text in clause.full_text or any(text in heading for heading in clause.heading_path)
        for clause in policy().clauses
    )


@pytest.mark.integration
def test_its_words_are_those_of_the_source() -> None:
    (source,) = sorted(shared("policy").glob("*.md"))
    assert words(body()) == words(source.read_text("utf-8"))
    marks = "[%+&?/@“”‘’'\"]"  # per cent, PP+, quotations and the like
    assert Counter(re.findall(marks, body())) == Counter(re.findall(marks, source.read_text("utf-8")))


def test_every_word_survives_into_the_clauses_in_order() -> None:
    title, _, rest = body().strip().partition("\n")
    read: list[str] = []
    path: tuple[str, ...] = ()
    for clause in policy().clauses:
        common = next((n for n, (a, b) in enumerate(zip(path, clause.heading_path, strict=False)) if a != b), None)
        for heading in clause.heading_path[len(path) if common is None else common :]:
            read += words(heading)
        path = clause.heading_path
        if clause.kind is not ClauseKind.LIST:
            read += words(clause.text)
        elif not clause.id.endswith("/list"):  # the lead-in; its items follow
            read += words(clause.text.partition("\n")[0])
    assert read == words(rest)
    assert policy().title in title


def test_a_whole_list_repeats_its_items_word_for_word() -> None:
    lists = [clause for clause in policy().clauses if clause.kind is ClauseKind.LIST]
    assert len(lists) >= 20
    for whole in lists:
        items = [clause for clause in policy().clauses if clause.parent_id == whole.id]
        assert items, whole.id
        for one in items:
            assert set(words(one.text)) <= set(words(whole.text))
            assert one.text.partition("\n")[0] in whole.text


def test_nobodys_name_date_or_address_is_lost() -> None:
    for pattern, least in ((EMAIL, 1), (TELEPHONE, 1), (DATE, 8)):
        found = set(pattern.findall(body()))
        assert len(found) >= least, pattern.pattern
        assert not {text for text in found if not somewhere(text)}
    assert all(name in body() and somewhere(name) for name in [*NAMES, *SCHOOLS])
    assert {"steps@hertfordshire.gov.uk", "01707 281587", "10.12.25", "December 2027", "2023/2024"} <= {
        *EMAIL.findall(body()),
        *TELEPHONE.findall(body()),
        *DATE.findall(body()),
    }


@pytest.mark.parametrize("school", SCHOOLS)
def test_a_named_person_is_cited_with_school_and_office(school: str) -> None:
    offices = {clause.heading_path[-1] for clause in policy().clauses if clause.text.startswith(f"{school}: ")}
    for office in ("Designated Teachers", "School Governor", "Safeguarding Lead"):
        assert any(office in heading for heading in offices)


def test_clauses_are_small_enough_to_cite() -> None:
    sizes = [len(clause.full_text) for clause in policy().clauses]
    assert median(sizes) < 600
    assert max(sizes) <= 2500
    assert min(sizes) > 0


def test_a_sentence_that_a_page_turn_broke_is_whole() -> None:
    (clause,) = [c for c in policy().clauses if "behaviour management that they need" in c.text]
    assert (
        "any support in relation to behaviour management that they need because of their SEN. Our school" in clause.text
    )


def test_a_duty_of_the_designated_teacher_carries_its_lead_in() -> None:
    (duty,) = [c for c in policy().clauses if c.text.startswith("tracking the progress") and c.kind is ClauseKind.ITEM]
    assert duty.full_text.startswith(
        "They are qualified teachers, and will promote improved educational life chances for CLA and PLA by: tracking"
    )
    whole = clauses()[duty.parent_id]
    assert whole.kind is ClauseKind.LIST
    assert sum(clause.parent_id == whole.id for clause in policy().clauses) == 14
    assert all(line in whole.text for line in ("quality first teaching", "annual CLA health review."))


def test_the_methods_that_avoid_suspension_are_a_list_within_the_list() -> None:
    (methods,) = [c for c in policy().clauses if c.text.startswith("We will use the following methods")]
    assert (methods.kind, methods.locator) == (ClauseKind.LIST, "Suspensions and Exclusion, point 10")
    assert methods.parent_id == "cwsw/suspensions-and-exclusion/list"
    items = [clause for clause in policy().clauses if clause.parent_id == methods.id]
    assert [clause.text for clause in items] == [
        "Repair and Restore meetings",
        "Wishes and feelings work",
        "Meetings with parents or carers",
        "Support Plans",
        "Internal isolation with supportive interventions",
    ]
    assert all(clause.lead_in == methods.text.partition("\n")[0] for clause in items)
    assert clauses()["cwsw/suspensions-and-exclusion/3"].text.startswith("We will make every effort to avoid excluding")


def test_what_stands_after_the_names_is_not_theirs() -> None:
    (clause,) = [c for c in policy().clauses if c.text.startswith("As a Trust, we acknowledge")]
    assert clause.heading_path == ()


def test_its_front_matter() -> None:
    document = policy()
    assert (document.id, document.authority, document.summary) == ("cwsw", Authority.TRUST_POLICY, False)
    assert (document.owner, document.approved) == ("Bushey St James Trust", "10.12.25")
    assert document.next_review == "December 2027"
    assert document.edition_id == "policy-bsjt-2025"
