"""What a search finds: by words, by meaning, by paragraph number, under filters, always in the same order."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from corpus.models import Authority, Document
from index.models import SearchFilter, SearchMode, SearchResult
from index.search import Searcher
from index.store import Store
from tests.conftest import MODELS, REPOSITORY
from tests.index.fakes import SAME_WORDS, added, clause, ten_clauses

ALL = [one for document in ten_clauses() for one in document.clauses]
MODES = list(SearchMode)


def ids(found: list[SearchResult]) -> list[str]:
    return [result.clause.id for result in found]


def with_words(searcher: Searcher, question: str) -> list[str]:
    """What is found by words alone: nothing that shares none with the question."""
    return ids(searcher.search(question, mode=SearchMode.KEYWORD))


OverWords = Callable[..., Searcher]


@pytest.fixture
def over_words(store: Store, monkeypatch: pytest.MonkeyPatch) -> OverWords:
    """A searcher over documents by keywords alone: no vector index is made."""
    monkeypatch.setattr(store, "_snapshot", lambda _step: None)

    def make(*documents: Document) -> Searcher:
        store.build(documents)
        vectors: Any = None
        return Searcher(store.record, vectors, store.embedder, store.vocabulary)

    return make


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("question", ["", " ", "\n\t "])
def test_a_blank_question_finds_nothing(searcher: Searcher, question: str, mode: SearchMode) -> None:
    assert searcher.search(question, mode=mode) == []


@pytest.mark.parametrize("question", ["qwzyxv", "?!", "the and of", '" OR "', "NEAR(", "*", "'; --"])
def test_no_match(searcher: Searcher, question: str) -> None:
    assert with_words(searcher, question) == []
    for result in searcher.search(question):
        assert result.keyword_score == 0.0


@pytest.mark.parametrize("mode", MODES)
def test_a_clause_is_found_by_its_own_words(searcher: Searcher, mode: SearchMode) -> None:
    found = searcher.search("A pupil may be excluded only on disciplinary grounds.", mode=mode)
    assert ids(found)[0] == "dfe-exclusion-2024-08/item-2"
    assert found[0].clause == searcher.record.document("dfe-exclusion-2024-08").clauses[2]


def test_modes_say_how_a_clause_was_found(searcher: Searcher) -> None:
    question = "pupils adopted from care"
    keyword, vector, hybrid = (searcher.search(question, mode=mode) for mode in MODES)
    assert {r.vector_score for r in keyword} == {0.0}
    assert {r.keyword_score for r in vector} == {0.0}
    assert keyword[0].keyword_score > 0
    assert 0 < vector[0].vector_score <= 1.0001
    assert hybrid[0].keyword_score == keyword[0].keyword_score
    assert hybrid[0].vector_score == pytest.approx(vector[0].vector_score)
    assert set(ids(hybrid)) == {*ids(keyword), *ids(vector)}
    assert hybrid[0].score == pytest.approx(1.0)


def test_top_k(searcher: Searcher) -> None:
    every = searcher.search("pupil", top_k=100)
    assert len(every) == 10
    for top_k in (1, 3, 10):
        assert searcher.search("pupil", top_k=top_k) == every[:top_k]


def test_best_first_and_equal_scores_by_id(searcher: Searcher) -> None:
    found = searcher.search(SAME_WORDS, top_k=100)
    assert ids(found) == [r.clause.id for r in sorted(found, key=lambda r: (-r.score, r.clause.id))]


@pytest.mark.parametrize("mode", MODES)
def test_the_same_text_twice_is_found_twice_in_order_of_id(
    store: Store, shipped: list[Document], mode: SearchMode
) -> None:
    """Same words and heading in two documents; what differs, the paragraph number, is no word of the question."""
    twins = [added("b-guide", "Zebras gallop."), added("a-guide", "Zebras gallop.")]
    store.build(shipped)
    for twin in twins:
        store.add(twin)
    first, second = store.searcher().search("zebras gallop", mode=mode)[:2]
    assert ids([first, second]) == ["a-guide/p1", "b-guide/p1"]
    assert first.score == pytest.approx(second.score)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "filters",
    [
        SearchFilter(document_ids=("cwsw",)),
        SearchFilter(document_ids=("cwsw", "dfe-kcsie-2025")),
        SearchFilter(document_ids=("unknown",)),
        SearchFilter(authorities=(Authority.STATUTORY,)),
        SearchFilter(authorities=(Authority.STATUTORY, Authority.TRUST_POLICY)),
        SearchFilter(authorities=(Authority.LOCAL,)),
        SearchFilter(groups=("PLA",)),
        SearchFilter(groups=("CLA", "CSW")),
        SearchFilter(roles=("headteacher",)),
        SearchFilter(roles=("designated teacher", "all staff")),
        SearchFilter(document_ids=("cwsw",), groups=("CLA",), roles=("designated teacher",)),
        SearchFilter(authorities=(Authority.STATUTORY,), groups=("CLA",), roles=("headteacher",)),
    ],
)
def test_filters(searcher: Searcher, shipped: list[Document], filters: SearchFilter, mode: SearchMode) -> None:
    authority = {document.id: document.authority for document in shipped}
    admitted = {one.id for one in ALL if filters.admits(one, authority[one.document_id])}
    question = "pupil staff child teacher designated headteacher lead worry"
    found = set(ids(searcher.search(question, mode=mode, filters=filters, top_k=100)))
    assert found <= admitted
    if mode is not SearchMode.KEYWORD:
        assert found == admitted


def test_a_filter_by_group_admits_what_concerns_all_pupils(searcher: Searcher) -> None:
    found = ids(searcher.search("pupil excluded grounds", filters=SearchFilter(groups=("kinship",)), top_k=100))
    assert "dfe-exclusion-2024-08/item-2" in found
    assert "cwsw/adoption/1" not in found


def test_a_filter_holds_for_paragraph_numbers_too(searcher: Searcher) -> None:
    found = ids(searcher.search("paragraph 60", filters=SearchFilter(document_ids=("dfe-kcsie-2025",))))
    assert found[0] == "dfe-kcsie-2025/item-60"
    assert "dfe-exclusion-2024-08/item-60" not in found


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("paragraph 78", {"dfe-exclusion-2024-08/item-78"}),
        ("what does para 78 say?", {"dfe-exclusion-2024-08/item-78"}),
        ("paragraph 60", {"dfe-exclusion-2024-08/item-60", "dfe-kcsie-2025/item-60"}),
        ("KCSIE 54", {"dfe-kcsie-2025/item-54"}),
        ("KCSIE paragraph 60", {"dfe-kcsie-2025/item-60"}),
        ("exclusion guidance, paragraph 60", {"dfe-exclusion-2024-08/item-60"}),
        ("kcsie para. 54 please", {"dfe-kcsie-2025/item-54"}),
    ],
)
@pytest.mark.parametrize("mode", [SearchMode.KEYWORD, SearchMode.HYBRID])
def test_a_paragraph_asked_for_by_number_comes_first(
    searcher: Searcher, question: str, first: set[str], mode: SearchMode
) -> None:
    found = searcher.search(question, mode=mode)
    assert set(ids(found)[: len(first)]) == first
    assert all(result.score >= 1.0 for result in found[: len(first)])


def test_a_paragraph_asked_for_comes_first_whatever_else_is_asked(searcher: Searcher) -> None:
    """Where neither its words nor its vector are near the question, it must still beat the one that is nearest."""
    for mode in MODES:
        found = searcher.search("pupils who were adopted from care keep their support: KCSIE 54", mode=mode)
        assert ids(found)[0] == "dfe-kcsie-2025/item-54"


def test_a_number_alone_cites_nothing(searcher: Searcher) -> None:
    assert all(result.score <= 1.0 for result in searcher.search("60 pupils were suspended"))


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The plan for a CLA is kept.", "LAC"),
        ("The plan for a LAC is kept.", "CLA"),
        ("The plan for a looked-after child is kept.", "LAC"),
        ("The plan for a CLA is kept.", "children in care"),
        ("Each care-experienced pupil is greeted.", "CLA"),
        ("The plan for a PLA is kept.", "PLAC"),
        ("The plan for a previously looked-after child is kept.", "PLAC"),
        ("The plan for a pupil who was adopted is kept.", "post-LAC"),
        ("The pupil was permanently excluded.", "kicked out"),
        ("A permanent exclusion is a last resort.", "kicked out"),
        ("A permanent exclusion is a last resort.", "can he be kicked him out for good?"),
        ("A permanent exclusion is a last resort.", "PEX"),
        ("A suspension is notified.", "fixed-term exclusion"),
        ("A suspension is notified.", "can we send him home"),
        ("Ask the DSL.", "designated safeguarding lead"),
        ("Ask the designated teacher.", "DT"),
        ("Ask the SENCO.", "special educational needs coordinator"),
        ("Ask the virtual school head.", "VSH"),
        ("The pupil has an EHCP.", "education health and care plan"),
        ("Children in need are monitored.", "CIN"),
        ("He is on a child protection plan.", "CP plan"),
        ("Each child is heard.", "children"),
    ],
)
def test_synonyms(over_words: OverWords, text: str, question: str) -> None:
    others = replace(ten_clauses()[2], clauses=ten_clauses()[2].clauses[:1])
    assert with_words(over_words(added("guide", text), others), question)[:1] == ["guide/p1"]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The plan for a CLA is kept.", "PLAC"),
        ("The plan for a PLAC is kept.", "LAC"),
        ("The plan for a previously looked-after child is kept.", "LAC"),
    ],
)
def test_what_is_not_the_same(over_words: OverWords, text: str, question: str) -> None:
    assert with_words(over_words(added("guide", text)), question) == []


def test_previously_looked_after_is_a_thing_of_its_own(over_words: OverWords) -> None:
    now, before = "The plan for a looked-after child is kept.", "The plan for a previously looked-after child is kept."
    searcher = over_words(added("now", now), added("before", before))
    assert with_words(searcher, "previously looked-after")[0] == "before/p1"
    assert with_words(searcher, "PLAC") == ["before/p1"]
    assert with_words(searcher, "LAC") == ["now/p1"]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("how often is the persnal educaton plan reviewd", "cwsw/teacher/list"),
        ("suport after adpotion", "cwsw/adoption/1"),
        ("disciplinry grounds", "dfe-exclusion-2024-08/item-2"),
        ("notfy the socail worker", "dfe-exclusion-2024-08/item-78"),
    ],
)
def test_misspelt_words(searcher: Searcher, question: str, first: str) -> None:
    assert with_words(searcher, question)[0].startswith(first)


@pytest.mark.parametrize("question", ["DSL", "PEX", "CIN", "LAC", "VSH", "PLAC"])
def test_acronyms_are_not_mended(searcher: Searcher, question: str) -> None:
    assert searcher.speller.mend(question) == question


def test_a_question_with_odd_characters(searcher: Searcher) -> None:
    for question in ('"quoted" (pupil) AND NOT^*:-', "naïve ½ 漢字 😀 pupil", "a" * 2000, "pupil " * 300, "…/60"):
        for mode in MODES:
            assert searcher.search(question, mode=mode) == searcher.search(question, mode=mode)


@pytest.mark.parametrize("mode", MODES)
def test_the_same_question_finds_the_same(store: Store, shipped: list[Document], mode: SearchMode) -> None:
    store.build(shipped)
    one, other = store.searcher(), store.searcher()
    for question in ("suspending a pupil", "who is told?", "paragraph 60", SAME_WORDS):
        assert one.search(question, mode=mode) == one.search(question, mode=mode) == other.search(question, mode=mode)


def test_questions_written_for_a_clause_find_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    written = {"cwsw/adoption/1": ("My zebra has new parents?", "Do zebras keep stripes?")}
    monkeypatch.setattr("index.clause_questions.load_questions", lambda: written)
    store.build(ten_clauses())
    searcher = store.searcher()
    for mode in MODES:
        assert ids(searcher.search("my zebra has new parents", mode=mode))[0] == "cwsw/adoption/1"
    best = searcher.search("my zebra has new parents")[0]
    assert best.question_score > 0.99
    assert best.question_score > best.vector_score
    assert "zebra" not in searcher.record.words(), "the corpus does not say so"
    store.add(added("cwsw", "Another edition."))
    assert "zebra" not in store.record.term_counts(), "questions hold for the edition they were written for"
    assert store.record.counts()["passages"] == 6


def test_a_clause_of_many_passages_is_one_result(store: Store) -> None:
    long = clause("long", "p1", " ".join(f"zebra{n} gallops." for n in range(300)), heading="H")
    store.build([replace(added("long"), clauses=(long,))])
    assert store.record.counts()["passages"] > 3
    for mode in MODES:
        assert ids(store.searcher().search("zebra7 gallops zebra290", mode=mode)) == ["long/p1"]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("what must I do before suspending a LAC pupil?", "dfe-exclusion-2024-08"),
        ("can a plac be kicked out", "dfe-exclusion-2024-08"),
        ("how often is a pep reveiwed", "cwsw"),
        ("who manages pupil premium plus", "dfe-pupil-premium-2025-26"),
        ("KCSIE 54", "dfe-kcsie-2025"),
    ],
)
def test_real_questions_find_their_document(real_searcher: Searcher, question: str, document: str) -> None:
    assert document in {result.clause.document_id for result in real_searcher.search(question, top_k=10)}


@pytest.mark.integration
def test_the_headline_question(real_searcher: Searcher) -> None:
    found = ids(real_searcher.search("what must I do before suspending a CLA pupil?", top_k=10))
    assert any(id_.startswith("dfe-exclusion-2024-08/60") for id_ in found)


@pytest.mark.integration
def test_paragraph_60_by_name_comes_first(real_searcher: Searcher) -> None:
    best = real_searcher.search("exclusion guidance paragraph 60", top_k=1)[0]
    assert best.clause.document_id == "dfe-exclusion-2024-08"
    assert best.clause.reference.startswith("paragraph 60")


@pytest.mark.integration
def test_another_process_finds_the_same(real_store: Store, real_searcher: Searcher) -> None:
    question = "what must I do before suspending a CLA pupil?"
    script = (
        "import sys; from pathlib import Path\n"
        "from index.embedding import load_embedder; from index.store import Store\n"
        "store = Store(Path(sys.argv[1]), load_embedder=lambda: load_embedder(model_dir=Path(sys.argv[2])))\n"
        "print(*(f'{r.clause.id} {r.score!r}' for r in store.searcher().search(sys.argv[3])), sep='\\n')\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", script, str(real_store.data_dir), str(MODELS), question],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=True,
    )
    assert child.stdout.splitlines() == [f"{r.clause.id} {r.score!r}" for r in real_searcher.search(question)]


def test_a_document_that_no_questions_were_written_for_is_not_left_behind(make_store: Callable[..., Store]) -> None:
    store = make_store()
    store.build(ten_clauses())
    store.add(added("minibus", "The red minibus is booked with the office nine days before the trip."))
    best, *_ = store.searcher().search("how is the minibus booked")
    assert best.clause.document_id == "minibus"
    assert best.question_score == best.question_support == best.vector_score > 0


def test_every_clause_found_has_the_nearness_of_its_words(searcher: Searcher) -> None:
    question = "who reviews the plan of a child in care"
    vector = searcher.vector_of(question)
    exact = searcher.cached.nearness(vector, [one.id for one in ALL])
    assert exact.keys() == {one.id for one in ALL}
    for result in searcher.search(question):
        assert result.vector_score == pytest.approx(exact[result.clause.id], abs=1e-5)
    assert searcher.cached.nearness(vector, []) == {}
