"""Answers and documents on a terminal of 80 columns: every word there, nothing cut, nothing read as markup."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from assistant.models import Answer, Citation, Notice, Outcome, Statement
from assistant.rendering import print_answer, print_document, print_documents
from index.record import DocumentSummary
from tests.index.fakes import ten_clauses

LONG = "The designated teacher should contact the virtual school head as soon as possible, at any time of the year."


def citation(n: int = 1, *, text: str = LONG, quote: str = LONG, in_force: bool = True) -> Citation:
    return Citation(
        n=n, clause_id=f"dfe/{n}", document_id="dfe", document="Suspension and permanent exclusion",
        locator="paragraph 60", heading_path=("Looked-after pupils",), text=text, quote=quote, authority="statutory",
        edition="August 2024", in_force=in_force, summary=True, page=None,
        url="https://www.gov.uk/government/publications/keeping-children-safe-in-education--2/" + "x" * 60,
        modality="should",
    )  # fmt: skip


def answer(text: str, outcome: Outcome = Outcome.ANSWERED, **values: object) -> Answer:
    return Answer.model_validate({"id": None, "question": "?", "outcome": outcome, "answer": text, **values})


def printed(shown: Answer) -> str:
    console = Console(file=io.StringIO(), width=80)
    print_answer(shown, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines())) <= 80
    return text


def test_points_hang_under_their_marks() -> None:
    text = printed(answer(f"**Law (must)**\n\n*Before*\n\n- {LONG} [1]\n  - {LONG}\n\n1. {LONG}"))
    assert text == (
        "Law (must)\n\nBefore\n\n"
        "• The designated teacher should contact the virtual school head as soon as\n"
        "  possible, at any time of the year. [1]\n"
        "  • The designated teacher should contact the virtual school head as soon as\n"
        "    possible, at any time of the year.\n\n"
        "1. The designated teacher should contact the virtual school head as soon as\n"
        "   possible, at any time of the year.\n"
    )


@pytest.mark.parametrize("words", ["[bold]x[/bold] [1]", "a_b_c*d*e <b>x</b> `code`", "# 1) x", "~~no~~ \\[x"])
def test_words_of_a_clause_are_never_read_as_markup(words: str) -> None:
    shown = printed(answer(words, citations=(citation(text=f"{words}. {LONG}", quote=words),)))
    assert shown.startswith(f"{words}\n")
    assert f"“{words}. " in shown


def test_what_is_to_be_read_before_the_answer_stands_before_it() -> None:
    notices = (Notice(kind="summary", text="A summary."), Notice(kind="unsure", text="Read whether they answer."))
    text = printed(answer(f"{LONG} [1]", notices=notices))
    assert text.index("Read whether they answer.") < text.index("The designated teacher") < text.index("A summary.")


def test_a_source_says_where_and_how_good_and_is_quoted_where_the_answer_has_less_than_it() -> None:
    whole = printed(answer(f"{LONG} [1]", citations=(citation(in_force=False),)))
    assert "[1] Suspension and permanent exclusion, paragraph 60 (statutory, summary; August\n" in whole
    assert "2024, no longer in force)" in whole
    assert "dfe/1" in whole
    assert whole.count("as soon as") == 1
    part = printed(answer("Act. [1]", citations=(citation(text=f"Act. {LONG}", quote="Act."),)))
    assert "“Act. The designated teacher" in part


def test_the_nearest_clauses_are_shown_as_such() -> None:
    shown = printed(answer("Not answered.", Outcome.ABSTAINED, nearest=(citation(1), citation(2))))
    assert "Nearest clauses (they may not answer the question)" in shown
    assert shown.count("“The designated teacher") == 2
    assert "Sources" not in shown


def test_notices_are_said_once() -> None:
    notices = (Notice(kind="act-now", text="Call now."), Notice(kind="superseded", text="Old edition."))
    shown = printed(answer("Call now.", Outcome.ESCALATED, notices=notices))
    assert shown.count("Call now.") == 1
    assert "Please note\n!   Old edition." in shown
    assert shown.startswith("╭")  # what to do now stands in a box


def test_an_answer_with_statements_only_prints_no_empty_sections() -> None:
    statement = Statement(text="Hello.", citations=(), layer="", stage="")
    assert printed(answer("Hello.", statements=(statement,))) == "Hello.\n"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_documents_and_their_clauses_are_listed_in_full(width: int) -> None:
    console = Console(file=io.StringIO(), width=width)
    for document in ten_clauses():
        print_document(document, console)
        print_documents([DocumentSummary(document, len(document.clauses), "", "")], console)
    text = " ".join(console.file.getvalue().split())  # type: ignore[attr-defined]
    for document in ten_clauses():
        assert f"{document.id} {document.title} (" in text
        for clause in document.clauses:
            assert f"{clause.id} {' '.join(clause.text.split())}" in text
