"""Figures from answers: worked by hand on a tiny corpus."""

from __future__ import annotations

import pytest

from assistant.models import Answer, Citation, Outcome, Statement
from corpus.models import Clause, ClauseKind
from evals.dataset import GoldQuestion, Kind
from evals.judgements import Grade, Judgements
from evals.metrics import (
    Relevance,
    all_needed_cited,
    citation_precision,
    facts_stated,
    figure,
    judged_share,
    list_completeness,
    says_forbidden,
    welcome_share,
    without_see_also,
)
from tests.index.fakes import clause

LIST = clause("doc", "list", "Do this:\n- first thing\n- second thing", kind=ClauseKind.LIST)
FIRST = clause("doc", "list/1", "first thing", kind=ClauseKind.ITEM, parent_id="doc/list")
SECOND = clause("doc", "list/2", "second thing", kind=ClauseKind.ITEM, parent_id="doc/list")
OTHER = clause("doc", "p1", "Something else.")
CLAUSES: dict[str, Clause] = {one.id: one for one in (LIST, FIRST, SECOND, OTHER)}
RELEVANCE = Relevance(CLAUSES)


def gold(
    *needed: tuple[str, ...], facts: tuple[tuple[str, ...], ...] = (), must_not: tuple[str, ...] = ()
) -> GoldQuestion:
    return GoldQuestion(
        id="q", kind=Kind.ANSWERABLE, persona="dsl", question="?", needed=needed, facts=facts, must_not=must_not
    )


def answer(*cited: Clause) -> Answer:
    citations = tuple(
        Citation(
            n=n,
            clause_id=c.id,
            document_id="doc",
            document="Doc",
            locator="",
            heading_path=(),
            text=c.text,
            quote=c.text,
            authority="local",
            edition="",
            in_force=True,
            summary=False,
            page=None,
            url="",
            modality="",
        )
        for n, c in enumerate(cited, start=1)
    )
    statements = tuple(
        Statement(text=c.text, citations=(n,), layer="policy", stage="always") for n, c in enumerate(cited, 1)
    )
    return Answer(
        id=None,
        question="?",
        outcome=Outcome.ANSWERED,
        answer=" ".join(c.text for c in cited),
        statements=statements,
        citations=citations,
    )


@pytest.mark.parametrize(
    ("cited", "expected"),
    [((LIST,), 1.0), ((FIRST,), 1.0), ((SECOND,), 0.0), ((OTHER,), 0.0), ((OTHER, FIRST), 1.0), ((), 0.0)],
)
def test_a_list_says_its_items_and_an_item_only_itself(cited: tuple[Clause, ...], expected: float) -> None:
    assert all_needed_cited(gold(("doc/list/1",)), answer(*cited), RELEVANCE) == expected


def test_every_group_must_be_cited() -> None:
    both = gold(("doc/list/1",), ("doc/p1",))
    assert all_needed_cited(both, answer(FIRST), RELEVANCE) == 0.0
    assert all_needed_cited(both, answer(FIRST, OTHER), RELEVANCE) == 1.0


def test_precision_counts_the_family_of_a_needed_clause() -> None:
    assert citation_precision(gold(("doc/list/1",)), answer(LIST, OTHER), RELEVANCE) == 0.5
    assert citation_precision(gold(("doc/list/1",)), answer(), RELEVANCE) is None


def test_what_is_judged_welcome_counts_and_what_nobody_judged_is_noise() -> None:
    question, cited = gold(("doc/list/1",)), answer(FIRST, OTHER)
    for grade, expected in ((Grade.ANSWERS, 1.0), (Grade.BESIDE, 1.0), (Grade.NOISE, 0.5)):
        assert welcome_share(question, cited, RELEVANCE, Judgements({("q", "doc/p1"): grade})) == expected
    assert welcome_share(question, cited, RELEVANCE, Judgements({("another", "doc/p1"): Grade.ANSWERS})) == 0.5
    assert welcome_share(question, answer(), RELEVANCE, Judgements({})) is None


def test_the_share_of_citations_that_were_judged() -> None:
    judged = Judgements({("q", "doc/p1"): Grade.NOISE})
    assert judged_share(gold(("doc/list/1",)), answer(FIRST, OTHER), judged) == 0.5
    assert judged_share(gold(("doc/list/1",)), answer(), judged) is None


def test_what_stands_under_see_also_can_be_left_out_of_the_count() -> None:
    whole = answer(FIRST, OTHER)
    beside = whole.model_copy(
        update={"statements": (whole.statements[0], whole.statements[1].model_copy(update={"see_also": True}))}
    )
    proper = without_see_also(beside)
    assert [citation.clause_id for citation in proper.citations] == ["doc/list/1"]
    assert without_see_also(whole) == whole
    both = gold(("doc/list/1",), ("doc/p1",))
    assert (all_needed_cited(both, beside, RELEVANCE), all_needed_cited(both, proper, RELEVANCE)) == (1.0, 0.0)
    assert citation_precision(gold(("doc/list/1",)), proper, RELEVANCE) == 1.0


def test_a_list_is_complete_only_with_all_its_items() -> None:
    wanted = gold(("doc/list",))
    assert list_completeness(wanted, answer(LIST), CLAUSES) == 1.0
    assert list_completeness(wanted, answer(FIRST), CLAUSES) == 0.5
    assert list_completeness(gold(("doc/p1",)), answer(LIST), CLAUSES) is None


def test_facts_and_forbidden_phrases_are_read_without_regard_to_marks() -> None:
    assert facts_stated(gold(("doc/p1",), facts=(("SOMETHING  else",), ("nothing",))), answer(OTHER)) == 0.5
    assert says_forbidden(gold(("doc/p1",), must_not=("something else",)), answer(OTHER))
    assert not says_forbidden(gold(("doc/p1",), must_not=("another",)), answer(OTHER))


def test_the_interval_holds_the_mean_and_is_the_same_each_time() -> None:
    values = [1.0, 0.0, 1.0, 1.0]
    found = figure(values)
    assert found == figure(values)
    assert found.low <= found.value == 0.75 <= found.high
    assert figure([]).n == 0
