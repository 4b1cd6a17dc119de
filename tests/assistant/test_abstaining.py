"""Which calibration speaks: what nothing in the shipped documents answers, a document that a user added may."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant import abstaining
from assistant.abstaining import Calibration, Calibrations, confidence, is_unsure, signs
from assistant.candidates import Candidate, candidates
from assistant.evidence import name_asked_about
from assistant.examples import Example, Examples, Head
from assistant.understanding import Understanding, understand
from index.search import Searcher
from index.vocabulary import load_vocabulary

NEVER = Calibration({"nearer": 50.0}, bias=0.0, threshold=0.5, unsure=0.7)
ALWAYS = Calibration({}, bias=5.0, threshold=0.5, unsure=0.7)
OF_TURNS = Calibration({"turn_nearer": 50.0, "turn": 50.0}, bias=0.0, threshold=0.5, unsure=0.7)

CALIBRATIONS = Calibrations(shipped=NEVER, added=ALWAYS, turns=OF_TURNS)


@pytest.fixture
def understood() -> Understanding:
    return understand("when is a plan due", vocabulary=load_vocabulary())


@pytest.fixture
def found(searcher: Searcher, understood: Understanding) -> list[Candidate]:
    return candidates(searcher, understood)


@pytest.fixture
def known(searcher: Searcher, understood: Understanding, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question itself is known to be answered by nothing; the calibration of added documents says yes."""
    vector = searcher.vector_of(understood.text)
    examples = Examples(
        searcher.embedder.identity.checksum,
        {kind: (vector if kind is Example.UNANSWERED else -vector)[None].repeat(6, axis=0) for kind in Example},
        Head(vector, 0.0),
    )
    monkeypatch.setattr(abstaining, "load_examples", lambda: examples)
    monkeypatch.setattr(abstaining, "knows_examples", lambda _: True)
    monkeypatch.setattr(abstaining, "load_calibration", lambda: CALIBRATIONS)


@pytest.mark.usefixtures("known")
def test_a_question_like_those_that_nothing_answers_is_refused(
    searcher: Searcher, understood: Understanding, found: list[Candidate]
) -> None:
    assert signs(searcher, understood, found).nearer == pytest.approx(-2.0, abs=1e-4)
    assert not confidence(searcher, understood, found).answered


@pytest.mark.parametrize(("other", "answered"), [(0.9, True), (1.0, False)])
def test_what_is_known_to_be_answered_is_word_for_word_unless_something_unanswered_is_as_near(
    searcher: Searcher,
    understood: Understanding,
    found: list[Candidate],
    monkeypatch: pytest.MonkeyPatch,
    other: float,
    answered: bool,
) -> None:
    """One example is the question itself; many that nothing answers lie nearer than the rest of those asked."""
    vector = searcher.vector_of(understood.text)
    across = np.roll(vector, 1) - vector * (vector @ np.roll(vector, 1))
    across /= np.linalg.norm(across)
    beside = other * vector + np.sqrt(1 - other**2) * across
    rows = {kind: beside[None].repeat(6, axis=0) for kind in Example}
    rows[Example.ASKED] = np.stack([vector, *[-vector] * 5])
    examples = Examples(searcher.embedder.identity.checksum, rows, Head(vector, 0.0))
    monkeypatch.setattr(abstaining, "load_examples", lambda: examples)
    monkeypatch.setattr(abstaining, "knows_examples", lambda _: True)
    monkeypatch.setattr(abstaining, "load_calibration", lambda: CALIBRATIONS)
    far = [replace(one, vector_score=0.0, question_score=0.0) for one in found]
    told = confidence(searcher, understood, far)
    assert told.score < told.threshold
    assert told.answered is answered
    assert not is_unsure(told), "what is known to be answered needs no caution"


@pytest.mark.usefixtures("known")
def test_a_turn_with_its_topic_is_told_by_what_was_typed(
    searcher: Searcher, understood: Understanding, found: list[Candidate]
) -> None:
    """In `known` each kind but what is unanswered lies opposite the question: so do the turns, of both kinds."""
    told = confidence(searcher, understood, found, turn="and how long is it")
    assert told.signs.nearer == pytest.approx(-2.0, abs=1e-4)
    assert told.signs.turn == pytest.approx(0.0, abs=1e-4)
    assert told.signs.turn_nearer != 0.0
    assert told.unsure == OF_TURNS.unsure
    assert told.score == pytest.approx(OF_TURNS.score(told.signs))
    assert confidence(searcher, understood, found).signs.turn_nearer == 0.0


@pytest.mark.usefixtures("known")
def test_but_not_where_a_document_that_a_user_added_is_among_the_best(
    searcher: Searcher, understood: Understanding, found: list[Candidate]
) -> None:
    best = replace(found[0], document=replace(found[0].document, origin="added"))
    assert confidence(searcher, understood, [best, *found[1:]]).answered


def test_examples_of_another_embedder_say_nothing(
    searcher: Searcher, understood: Understanding, found: list[Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abstaining, "load_calibration", lambda: CALIBRATIONS)
    assert signs(searcher, understood, found).nearer == 0.0
    assert confidence(searcher, understood, found).answered


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("nearness", "answered"), [(0.98, True), (0.95, False), (0.85, False)])
def test_a_question_that_was_written_for_a_clause_is_answered_whatever_it_resembles(
    searcher: Searcher, understood: Understanding, found: list[Candidate], nearness: float, answered: bool
) -> None:
    apart = [replace(one, question_score=0.0, vector_score=0.0, coverage=0.0) for one in found]
    written = [replace(apart[0], question_score=nearness), *apart[1:]]
    assert confidence(searcher, understood, written).answered is answered


@pytest.mark.usefixtures("known")
def test_nothing_found_is_never_answered(searcher: Searcher, understood: Understanding) -> None:
    assert not confidence(searcher, understood, []).answered


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What is a TAF meeting?", "TAF"),
        ("whats a pep", "pep"),
        ("what does CP stand for", "CP"),
        ("hi, define LAC pls", "LAC"),
        ("what is the deadline for a pep", ""),
        ("what does the policy say about attendance", ""),
        ("who is the DSL", ""),
    ],
)
def test_the_one_name_whose_meaning_is_asked(question: str, name: str) -> None:
    assert name_asked_about(question) == name


@pytest.mark.parametrize(("question", "refused"), [("what is a TAF meeting?", True), ("what is a PEP meeting?", False)])
def test_what_stands_in_no_clause_is_not_explained(searcher: Searcher, question: str, refused: bool) -> None:
    asked = understand(question, vocabulary=load_vocabulary())
    assert (confidence(searcher, asked, candidates(searcher, asked)).score == 0.0) is refused


def test_between_the_limits_an_answer_says_that_it_is_unsure(
    searcher: Searcher, understood: Understanding, found: list[Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    doubtful = Calibration({}, bias=0.4, threshold=0.5, unsure=0.7)
    monkeypatch.setattr(abstaining, "load_calibration", lambda: Calibrations(doubtful, doubtful, doubtful))
    assert is_unsure(confidence(searcher, understood, found))
