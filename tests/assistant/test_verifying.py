"""The quote gate: every lie caught, no truth withheld."""

from __future__ import annotations

import logging
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.models import Statement
from assistant.verifying import normalised, passed, quotable, stands_in
from corpus.models import Clause, ClauseKind
from tests.assistant.mutations import OPERATORS, Quote, lies, true_quotes
from tests.index.fakes import clause as make_clause
from tests.index.fakes import ten_clauses

SEED = 20261123
NOTIFY = "The headteacher must notify parents without delay. This holds for CLA, unless they are over 18. It is law."
METHODS = "We will not use:\n- shouting\n- isolation, if it can be avoided\n  - at any time\nAsk the DSL."
NAMES = "- Bushey Meads School: Olivia de Groot\n- Hartsbourne: Rebecca Tregear. She is new.\n- Reddings: R T"


def said(words: str, *citations: int) -> Statement:
    return Statement(text=words, citations=citations, layer="must", stage="always")


# --- what a quote is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quote",
    [
        NOTIFY,
        "The headteacher must notify parents without delay.",
        "This holds for CLA, unless they are over 18.",
        "This holds for CLA, unless they are over 18. It is law.",
        "  This holds\tfor CLA,\n unless\u00a0they are over 18.  ",
    ],
)
def test_whole_sentences_stand_in_their_clause(quote: str) -> None:
    assert stands_in(quote, NOTIFY)


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "   ",
        "must notify parents without delay.",
        "The headteacher must notify parents",
        "The headteacher must notify parents without delay",  # the full stop counts
        "The headteacher must notify parents without delay. It is law.",  # a sentence left out
        "It is law. The headteacher must notify parents without delay.",
        "the headteacher must notify parents without delay.",  # case counts
        "This holds for CLA.",
        "Unless they are over 18.",
        "This holds for CLA, unless they are over 18. It is law. It is law.",
        f"{NOTIFY} {NOTIFY}",
    ],
)
def test_anything_else_does_not(quote: str) -> None:
    assert not stands_in(quote, NOTIFY)


def test_a_list_is_quoted_with_its_lead_in_and_all_its_items() -> None:
    whole, after = METHODS.rsplit("\n", maxsplit=1)
    assert stands_in(METHODS, METHODS)
    assert stands_in(whole, METHODS)
    assert stands_in(after, METHODS)
    for part in ("shouting", "- shouting", "We will not use:", "We will not use: - shouting", "- at any time"):
        assert not stands_in(part, METHODS)
    assert not stands_in(METHODS.replace("- shouting\n", ""), METHODS)


def test_items_without_a_lead_in_are_quoted_alone_with_or_without_their_mark() -> None:
    assert stands_in("- Bushey Meads School: Olivia de Groot", NAMES)
    assert stands_in("Bushey Meads School: Olivia de Groot", NAMES)
    assert stands_in("She is new.", NAMES)
    assert stands_in("Hartsbourne: Rebecca Tregear. She is new.\n- Reddings: R T", NAMES)
    assert not stands_in("Olivia de Groot", NAMES)
    assert not stands_in("Bushey Meads School: Rebecca Tregear.", NAMES)


def test_only_a_mark_at_the_start_may_be_left_out() -> None:
    assert stands_in("No pupil is sent home.", "(a) No pupil is sent home.")
    assert not stands_in("Pupils are sent home.", "(not) Pupils are sent home.")
    assert not stands_in("The DSL is told.", "The DSL (DSL) is told.")


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("Don't ‘wait’ – act.", "Don’t 'wait' — act."),
        ("A “child” in care.", 'A "child" in\ncare.'),
        ("2025-26 rates.", "2025\u201326 rates."),
    ],
)
def test_dashes_quotation_marks_and_white_space_are_made_one(quote: str, text: str) -> None:
    assert stands_in(quote, text)
    assert stands_in(text, quote)


def test_nothing_else_is_made_one() -> None:
    for one, other in [("Act.", "act."), ("10.12.25", "10.12.26"), ("CLA", "(CLA)"), ("é", "e"), ("a\u200bb", "ab")]:
        assert normalised(one) != normalised(other)


def test_an_item_and_its_lead_in_in_one_line_are_whole() -> None:
    text = "The school will not: send pupils home. It will tell the DSL."
    assert stands_in("It will tell the DSL.", text)
    assert not stands_in("send pupils home.", text)


@given(st.text(max_size=80))
def test_any_text_stands_in_itself_unless_it_is_blank(text: str) -> None:
    assert stands_in(text, text) == bool(normalised(text))


@given(st.lists(st.sampled_from(["- a:", "- b.", "  - c", "d:", "e.", "(a) f", "    g.", ""]), max_size=7))
def test_the_pieces_of_any_list_are_the_whole_list(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert normalised(" ".join(quotable(text))) == normalised(text)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_one_letter_or_digit_changed_is_caught(data: st.DataObject) -> None:
    quotes = true_quotes(clause for document in ten_clauses() for clause in document.clauses)
    quote = data.draw(st.sampled_from(quotes))
    place = data.draw(st.sampled_from([i for i, c in enumerate(quote.words) if c.isalnum()]))
    other = data.draw(st.sampled_from([c for c in "abcXYZ0123456789é" if c != quote.words[place]]))
    assert not stands_in(quote.words[:place] + other + quote.words[place + 1 :], quote.text)


# --- the gate ------------------------------------------------------------------------------------


def test_the_gate_lets_a_true_statement_pass() -> None:
    statement = said("It is law.", 1)
    assert passed([statement], {1: NOTIFY}) == [statement]


@pytest.mark.parametrize(
    "statement",
    [
        said("It is not law.", 1),
        said("It is law."),  # cites nothing
        said("It is law.", 2),  # cites another clause
        said("It is law.", 3),  # cites no clause there is
        said("It is law.", 1, 2),  # one of two does not bear it out
    ],
)
def test_the_gate_withholds_and_logs_what_a_citation_does_not_bear_out(
    statement: Statement, caplog: pytest.LogCaptureFixture
) -> None:
    true = said("It is law.", 1)
    with caplog.at_level(logging.ERROR):
        assert passed([statement, true], {1: NOTIFY, 2: "Another clause."}) == [true]
    assert len(caplog.records) == 1
    assert str(statement.citations) in caplog.text


# --- against the real documents ------------------------------------------------------------------


@pytest.fixture(scope="module")
def quotes(shipped_clauses: list[Clause]) -> list[Quote]:
    return true_quotes(shipped_clauses)


@pytest.mark.integration
def test_no_true_quote_of_the_shipped_documents_is_withheld(
    quotes: list[Quote], shipped_clauses: list[Clause], capsys: pytest.CaptureFixture[str]
) -> None:
    typographic = str.maketrans({"'": "’", '"': "”", "-": "\u2011", " ": "\u00a0"})
    alarms = [
        quote
        for quote in quotes
        for words in (quote.words, quote.words.translate(typographic), f" {' '.join(quote.words.split())}\n")
        if not passed([said(words, 1)], {1: quote.text})
    ]
    with capsys.disabled():
        print(f"\nquote gate: {len(alarms)} false alarms on {3 * len(quotes)} true quotes")
    assert len({quote.clause.id for quote in quotes}) == len(shipped_clauses)
    assert len(quotes) > 1000
    assert alarms == []


@pytest.mark.integration
def test_every_lie_made_of_the_shipped_documents_is_caught(
    quotes: list[Quote], capsys: pytest.CaptureFixture[str]
) -> None:
    made = lies(quotes, seed=SEED, each=400)
    logging.disable(logging.ERROR)  # one line a lie
    missed = [lie for lie in made if passed([said(lie.words, 1)], {1: lie.quote.text})]
    logging.disable(logging.NOTSET)
    applied = Counter(lie.operator for lie in made)
    with capsys.disabled():
        print(f"\nquote gate: {len(made) - len(missed)} of {len(made)} mutations caught, {len(applied)} operators")
    assert [(lie.operator, lie.quote.clause.id, lie.words) for lie in missed] == []
    assert len(made) >= 500
    assert applied.keys() == OPERATORS.keys()
    assert min(applied.values()) >= 20, applied


def test_the_lies_are_the_same_at_every_run() -> None:
    clauses = [clause for document in ten_clauses() for clause in document.clauses]
    assert lies(true_quotes(clauses), seed=1, each=5) == lies(true_quotes(clauses), seed=1, each=5)


def test_a_true_quote_is_no_lie() -> None:
    """The same person leads at two schools: exchanging their names makes a truth, which is not counted."""
    people = "- Hartsbourne Primary: Rebecca Tregear\n- Little Reddings Primary: Rebecca Tregear"
    clause = make_clause("cwsw", "list", people, kind=ClauseKind.LIST)
    made = lies(true_quotes([clause]), seed=1, each=50)
    assert not any(stands_in(lie.words, lie.quote.text) for lie in made)
