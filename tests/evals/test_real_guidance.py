"""Gold of a digest asked of the official document."""

from __future__ import annotations

import pytest

from evals.dataset import GoldQuestion, Kind, load_gold
from evals.real_guidance import all_paragraphs_cited, paragraph, questions
from tests.evals.test_metrics import answer
from tests.index.fakes import clause


@pytest.mark.parametrize(
    ("clause_id", "expected"),
    [
        ("dfe-exclusion-2024-08/60", "dfe-exclusion-2024-08/60"),
        ("dfe-exclusion-2024-08/60-2", "dfe-exclusion-2024-08/60"),
        ("dfe-kcsie-2025/54/a", "dfe-kcsie-2025/54"),
        ("dfe-kcsie-2025/about-this-edition/4", ""),
        ("cwsw/practice/6", ""),
    ],
)
def test_the_paragraph_of_a_clause(clause_id: str, expected: str) -> None:
    assert paragraph(clause_id) == expected


def test_a_paragraph_is_cited_by_any_part_of_it() -> None:
    question = GoldQuestion(
        id="q", kind=Kind.ANSWERABLE, persona="dsl", question="?", needed=(("dfe-exclusion-2024-08/60-2",),)
    )
    assert all_paragraphs_cited(question, answer(clause("dfe-exclusion-2024-08", "60", "x"))) == 1.0
    assert all_paragraphs_cited(question, answer(clause("dfe-exclusion-2024-08", "60/a", "x"))) == 1.0
    assert all_paragraphs_cited(question, answer(clause("dfe-exclusion-2024-08", "6", "x"))) == 0.0


def test_only_questions_that_can_be_answered_with_the_official_documents_are_asked() -> None:
    chosen = questions(load_gold())
    assert len(chosen) >= 50
    for question in chosen:
        assert any(paragraph(group[0]) for group in question.needed)
