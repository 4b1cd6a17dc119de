"""An official text is known by its paragraphs, whatever it is called; a part of it or another edition is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.library import load_added, shipped_documents
from corpus.models import Document
from index.clause_questions import questions_of
from index.recognising import digest_of
from index.vocabulary import load_vocabulary
from tests.index.fakes import added, clause
from tests.shared_material import shared

WORDS = "adder badger cormorant dormouse eel falcon gannet heron ibis jackdaw kestrel lapwing magpie newt".split()


def digest() -> Document:
    clauses = tuple(
        clause("digest", str(n), f"Every {word} eats {word[::-1]}.") for n, word in enumerate(WORDS, start=1)
    )
    return replace(added("digest", "x"), origin="shipped", summary=True, clauses=clauses)


def official(*, first: int = 1, size: int = len(WORDS)) -> Document:
    """The text that the digest sums up, its numbers starting at `first`."""
    clauses = tuple(
        clause("guide", f"n{n}", f"What a {word} is known to eat in spring is {word[::-1]}.", number=f"{n}.")
        for n, word in enumerate(WORDS[:size], start=first)
    )
    return replace(added("guide", "x"), clauses=clauses)


def known(document: Document) -> str:
    found = digest_of(document, [digest()], load_vocabulary())
    return found.id if found else ""


def test_the_official_text_is_known_by_its_paragraphs() -> None:
    assert known(official()) == "digest"


def test_another_edition_whose_paragraphs_have_other_numbers_is_not_it() -> None:
    assert known(official(first=2)) == ""


def test_a_part_of_the_official_text_takes_no_place() -> None:
    assert known(official(size=11)) == ""


def test_only_a_digest_is_stood_in_for() -> None:
    assert digest_of(official(), [replace(digest(), summary=False)], load_vocabulary()) is None


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dfe-suspension-permanent-exclusion-2024-08.txt", "dfe-exclusion-2024-08"),
        ("dfe-kcsie-2025-07-for-information.pdf", "dfe-kcsie-2025"),
        ("dfe-kcsie-2025-09-part-one.pdf", ""),
        ("dfe-behaviour-in-schools-2024-02.txt", ""),
        ("dfe-eyfs-2025.pdf", ""),
    ],
)
def test_real_guidance_is_recognised(name: str, expected: str) -> None:
    document = load_added(shared(f"guidance/{name}"), document_id="some-name")
    found = digest_of(document, shipped_documents(), load_vocabulary())
    assert (found.id if found else "") == expected
    if found:
        standing = replace(document, stands_for=found.id, edition_id=found.edition_id)
        questions = questions_of(standing)
        assert len(questions) > 50
        assert questions.keys() <= {one.id for one in document.clauses}
