"""One question that asks several things."""

from __future__ import annotations

import pytest

from assistant.asks import asks, meanings
from index.vocabulary import load_vocabulary


@pytest.mark.parametrize(
    "question",
    [
        "who chairs the PEP",
        "What must I do before suspending a CLA pupil?",
        "cin",
        "is it termly?",
        "",
        "and so on and so forth",
    ],
)
def test_a_question_that_asks_one_thing_has_no_parts(question: str) -> None:
    assert asks(question, vocabulary=load_vocabulary()) == ()


def test_parts_are_questions_of_their_own() -> None:
    parts = asks("Is the copy of the policy still in date, and how often is it redone?", vocabulary=load_vocabulary())
    assert parts[0] == "Is the copy of the policy still in date"
    assert "how often is it redone" in parts[1]
    assert "policy" in parts[1]


def test_what_several_names_mean_is_asked_of_each() -> None:
    parts = ("what does CLA mean", "what does PLA mean", "what does PP+ mean")
    assert meanings("What do CLA, PLA and PP+ stand for?") == parts
    assert meanings("hi. what does CLA / PLA n PP+ mean") == parts


@pytest.mark.parametrize(
    "question", ["what does CLA mean", "what does it mean, and who is told?", "what do we do, and who"]
)
def test_what_asks_no_meanings(question: str) -> None:
    assert meanings(question) == ()


def test_there_are_never_many() -> None:
    question = "who signs it? when is it due? where is it kept? what goes in it? why do we do it?"
    assert len(asks(question, vocabulary=load_vocabulary())) == 3
