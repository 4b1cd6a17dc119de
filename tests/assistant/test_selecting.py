"""Which of the weighed clauses are the answer, which stand beside it, and which are left out."""

from __future__ import annotations

import pytest

from assistant.candidates import Candidate, looked_at
from assistant.selecting import MAX_CITATIONS, select
from assistant.understanding import understand
from corpus.models import Authority, Document
from index.search import Searcher
from index.vocabulary import load_vocabulary
from tests.index.fakes import clause

DOCUMENT = Document("doc", "Doc", "a user", Authority.STATUTORY, "2026")
UNDERSTOOD = understand("is a plan due", vocabulary=load_vocabulary())


def weighed(*scores: float) -> list[Candidate]:
    return [
        Candidate(clause("doc", f"p{n}", f"Clause {n}."), DOCUMENT, score, 1.0)
        for n, score in enumerate(scores, start=1)
    ]


def test_what_is_likely_answers_and_what_is_less_so_is_to_be_seen_as_well(searcher: Searcher) -> None:
    chosen = select(searcher, UNDERSTOOD, weighed(0.9, 0.4, 0.2, 0.05))
    assert [candidate.see_also for candidate in chosen] == [False, False, True]


def test_the_best_is_the_answer_however_unsure(searcher: Searcher) -> None:
    (only,) = select(searcher, UNDERSTOOD, weighed(0.04, 0.03))
    assert (only.clause.id, only.see_also) == ("doc/p1", False)


def test_never_more_than_eight_and_nothing_of_nothing(searcher: Searcher) -> None:
    assert len(select(searcher, UNDERSTOOD, weighed(*[0.9] * 20))) == MAX_CITATIONS
    assert select(searcher, UNDERSTOOD, []) == []


@pytest.mark.integration
def test_who_holds_a_role_elsewhere_is_left_out_where_the_school_is_known(real_searcher: Searcher) -> None:
    question = "who is the designated teacher?"
    vocabulary = real_searcher.vocabulary
    anywhere = looked_at(real_searcher, understand(question, vocabulary=vocabulary))
    here = looked_at(real_searcher, understand(question, vocabulary=vocabulary, school="Bushey Meads School"))
    elsewhere = "Hartsbourne Primary School: Rebecca"
    assert any(elsewhere in look.result.clause.full_text for look in anywhere)
    assert not any(elsewhere in look.result.clause.full_text for look in here)
    assert any("Bushey Meads School: Olivia" in look.result.clause.full_text for look in here)


@pytest.mark.integration
def test_a_companion_is_looked_at_though_it_was_not_found(real_searcher: Searcher) -> None:
    looks = looked_at(real_searcher, understand("lac sent home 3 days", vocabulary=real_searcher.vocabulary))
    assert any(look.companion > 0 for look in looks)
    assert len({look.result.clause.id for look in looks}) == len(looks)
