"""Small talk gets a reply; a question that begins like small talk is still a question."""

from __future__ import annotations

import time

import pytest

from assistant.smalltalk import small_talk


@pytest.mark.parametrize("message", ["hi", "Hello!", "good morning all", "👋 hey there", "test", "HIYA"])
def test_a_greeting_gets_questions_to_try(message: str) -> None:
    reply = small_talk(message)
    assert reply is not None
    assert "- Who is the designated teacher at Hartsbourne?" in reply


@pytest.mark.parametrize("message", ["what can you do?", "help", "Help me please", "who are you", "are you a robot?"])
def test_a_question_about_the_assistant_is_answered(message: str) -> None:
    assert "cite the clause" in (small_talk(message) or "")


@pytest.mark.parametrize(
    "message",
    ["thanks", "Thank you very much!", "ok", "great, thanks", "got it, bye", "cheers mate", "that's great thanks"],
)
def test_thanks_are_returned(message: str) -> None:
    assert (small_talk(message) or "").startswith("You are welcome")


@pytest.mark.parametrize(
    "question",
    [
        "hello, who is the DT?",
        "ok who is the DT",
        "ok and CLA?",
        "thanks. what about PLA",
        "help me with a CLA",
        "help, a child is hurt",
        "what do you do before suspending",
        "what do you know about PEPs",
        "what can you do if a child is suspended",
        "what is this policy about",
        "TA training",
        "perfect attendance award",
        "is that ok?",
        "test scores of CLA",
        "great idea, who pays",
        "",
        "?",
    ],
)
def test_a_question_is_no_small_talk(question: str) -> None:
    assert small_talk(question) is None


@pytest.mark.parametrize("message", ["thanks great ok " * 130, "help " + "for me " * 280, "what is this " * 150])
def test_a_long_message_is_read_in_no_time(message: str) -> None:
    started = time.perf_counter()
    small_talk(message + "who?")
    assert time.perf_counter() - started < 0.5
