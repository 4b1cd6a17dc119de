"""Which of the weighed clauses are the answer, which stand beside it, and which are left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant import candidates as module
from assistant.candidates import Candidate, candidates, looked_at
from assistant.selecting import MAX_CITATIONS, of_those_asked_about, select
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
    chosen = select(searcher, UNDERSTOOD, weighed(0.9, 0.4, 0.2, 0.04))
    assert [candidate.see_also for candidate in chosen] == [False, False, True]


def test_the_best_is_the_answer_however_unsure(searcher: Searcher) -> None:
    (only,) = select(searcher, UNDERSTOOD, weighed(0.04, 0.03))
    assert (only.clause.id, only.see_also) == ("doc/p1", False)


def test_never_more_than_eight_and_nothing_of_nothing(searcher: Searcher) -> None:
    assert len(select(searcher, UNDERSTOOD, weighed(*[0.9] * 20))) == MAX_CITATIONS
    assert select(searcher, UNDERSTOOD, []) == []


def test_the_policy_keeps_its_place_among_many_paragraphs_of_guidance(searcher: Searcher) -> None:
    policy = Document("cwsw", "Policy", "the Trust", Authority.TRUST_POLICY, "2025")
    ours = [
        Candidate(clause("cwsw", f"p{n}", f"We will {n}."), policy, score, 1.0)
        for n, score in enumerate((0.15, 0.145, 0.14, 0.12, 0.06), start=1)
    ]
    guidance = weighed(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.19)
    chosen = [candidate.clause.id for candidate in select(searcher, UNDERSTOOD, [*guidance, *ours])]
    assert chosen == ["doc/p1", "doc/p2", "doc/p3", "doc/p4", "doc/p5", "cwsw/p1", "cwsw/p2", "cwsw/p3"]
    few = [candidate.clause.id for candidate in select(searcher, UNDERSTOOD, [*guidance[:8], ours[-1]])]
    assert few == [candidate.clause.id for candidate in guidance[:8]]
    likelier = weighed(*[0.9] * 7, 0.46)
    kept = [candidate.clause.id for candidate in select(searcher, UNDERSTOOD, [*likelier, ours[0]])]
    assert kept == [candidate.clause.id for candidate in likelier], "0.46 is more than thrice 0.15"


def test_other_pupils_asked_about_next_are_not_given_the_answer_before() -> None:
    asked = understand("and for PLA?", vocabulary=load_vocabulary())
    before = Candidate(clause("doc", "cla", "For CLA.", groups=("CLA",)), DOCUMENT, 0.9, 1.0)
    now = Candidate(clause("doc", "pla", "For PLA.", groups=("PLA",)), DOCUMENT, 0.3, 1.0)
    ranked = of_those_asked_about(asked, [before, now])
    assert [candidate.clause.id for candidate in ranked] == ["doc/pla", "doc/cla"]
    assert ranked[1].score < before.score


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


@pytest.mark.integration
def test_what_questions_like_it_took_is_looked_at_though_it_was_not_found(
    real_searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    understood = understand("who pays for the taxi", vocabulary=real_searcher.vocabulary)
    far = "cwsw/review/p1"
    assert far not in {look.result.clause.id for look in looked_at(real_searcher, understood)}
    monkeypatch.setattr(module, "_support", lambda *_: {far: 0.5, "cwsw/rationale/p1": 0.01})
    looks = {look.result.clause.id: look for look in looked_at(real_searcher, understood)}
    assert looks[far].precedent == 0.5
    assert "cwsw/rationale/p1" not in looks


@pytest.mark.integration
def test_of_a_document_somebody_added_no_questions_are_known(
    real_searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = {
        id_: replace(document, origin="added") if id_ == "cwsw" else document
        for id_, document in real_searcher.documents.items()
    }
    monkeypatch.setattr(real_searcher, "documents", documents)
    looks = looked_at(real_searcher, understand("who is the designated teacher", vocabulary=real_searcher.vocabulary))
    known = {look.result.clause.document_id: look.precedent is not None for look in looks}
    assert known.pop("cwsw") is False
    assert known
    assert all(known.values())


@pytest.mark.integration
def test_a_whole_procedure_is_told_of_the_pupils_that_are_asked_about(real_searcher: Searcher) -> None:
    """Before a PLA pupil is suspended nobody rings the virtual school head as they must for a CLA pupil."""
    asked = understand("what must I do before suspending a PLA pupil?", vocabulary=real_searcher.vocabulary)
    assert asked.wants_whole_procedure
    chosen = [c.clause.id for c in select(real_searcher, asked, candidates(real_searcher, asked))]
    assert "dfe-exclusion-2024-08/62" in chosen
    assert not {"dfe-exclusion-2024-08/60", "dfe-exclusion-2024-08/60-3", "dfe-exclusion-2024-08/78"} & set(chosen)
