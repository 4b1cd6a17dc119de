"""Questions judged before: a new one like some of them takes what they took."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.examples import load_examples
from assistant.precedents import NEAREST, WELCOME, Precedents
from evals.fit_examples import labelled, precedents, unseen_places
from index.search import Searcher

CLAUSES = ("a/1", "a/2", "b/1")
IDS = st.lists(st.sampled_from(CLAUSES), unique=True)


def test_what_the_nearest_took_is_supported_by_how_near_they_are() -> None:
    known = Precedents.of([(("a/1", "a/2"), ("b/1",)), (("a/2",), ()), (("b/1",), ())])
    support = known.support(np.array([0.9, 0.9, -0.9], np.float32))
    assert support == pytest.approx({"a/1": 0.5, "a/2": 1.0, "b/1": 0.5 * WELCOME}, abs=1e-6)


def test_a_question_left_out_does_not_speak_for_itself() -> None:
    known = Precedents.of([(("a/1",), ()), (("a/2",), ())])
    likeness = np.array([1.0, 0.2], np.float32)
    assert max(known.support(likeness), key=known.support(likeness).__getitem__) == "a/1"
    assert known.support(likeness, leave_out=[0]) == pytest.approx({"a/2": 1.0, "a/1": 0.0}, abs=1e-6)


def test_nothing_is_supported_where_nothing_was_judged() -> None:
    none = Precedents.of([])
    assert (len(none), none.support(np.zeros(0, np.float32)), none.documents) == (0, {}, frozenset())


@given(st.lists(st.tuples(IDS, IDS), min_size=1, max_size=2 * NEAREST), st.integers(0, 99))
def test_support_is_a_share_and_is_stored_whole(answers: list[tuple[list[str], list[str]]], seed: int) -> None:
    known = Precedents.of([(needed, [id_ for id_ in also if id_ not in needed]) for needed, also in answers])
    likeness = np.random.default_rng(seed).uniform(-1, 1, len(known)).astype(np.float32)
    support = known.support(likeness)
    assert all(0.0 <= share <= 1.0 + 1e-6 for share in support.values())
    assert Precedents.read(dict(known.arrays())).support(likeness) == support


def test_the_file_holds_what_each_judged_wording_took() -> None:
    stored, made = load_examples().precedents, precedents()
    assert len(stored) == len(made) == len(labelled()), "run `python -m evals.fit_examples`"
    assert stored.clauses == made.clauses
    np.testing.assert_array_equal(stored.taken, made.taken)
    np.testing.assert_array_equal(stored.needed, made.needed)


@pytest.mark.integration
def test_a_question_asked_before_finds_what_it_took_unless_it_is_left_out(real_searcher: Searcher) -> None:
    examples, asked = load_examples(), [one for one in labelled() if one.unseen]
    known, left_out = 0.0, 0.0
    for one in asked[:: len(asked) // 20]:
        assert one.judged is not None
        vector, first = real_searcher.vector_of(one.text), [group[0] for group in one.judged.needed]
        supported = min(examples.support(vector).get(id_, 0.0) for id_ in first)
        assert supported > 0.2, one.text
        known += supported
        others = examples.support(vector, leave_out=unseen_places())
        left_out += min(others.get(id_, 0.0) for id_ in first)
    assert left_out < 0.9 * known
