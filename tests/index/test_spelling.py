"""Spelling: slips are mended towards words of the corpus and of everyday English, which are left alone."""

from __future__ import annotations

import pytest

from index.spelling import EVERYDAY_PATH, SHORTEST, Speller, everyday_words
from index.vocabulary import load_vocabulary

SPELLER = Speller({"behaviour": 40, "five": 9, "bill": 3, "review": 12, "tell": 30, "well": 20}, load_vocabulary())


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("no hstory of it alredy", "no history of it already"),
        ("holidaay clubs", "holiday clubs"),
        ("the reveiw", "the review"),
        ("behavior", "behaviour"),  # an American form is no everyday word where the corpus has the British one
        ("the dealine", "the deadline"),  # the commoner of two that are as near: not "decline"
        ("whats the diff", "whats the difference"),  # "riff" is nearer
        ("the fone number", "the phone number"),
    ],
)
def test_slips_are_mended(typed: str, mended: str) -> None:
    assert SPELLER.mend(typed) == mended


@pytest.mark.parametrize(
    "typed",
    [
        "when the fire bell goes",
        "he never listens",
        "zzxqy",
        "anything newer?",
        "the LADO's number",  # no lady's
        "mum hasn't rung, dad hasnt either, we've tried",
        "is Mr Falconer in",  # no falcon
        "caught vaping in lockdown by the centre",
    ],
)
def test_everyday_words_and_the_unknown_are_left_alone(typed: str) -> None:
    assert SPELLER.mend(typed) == typed


def test_the_everyday_words_are_words() -> None:
    words = everyday_words()
    assert len(words) > 15_000
    assert all(word.isascii() and word.isalpha() and word.islower() and len(word) >= SHORTEST for word in words)
    assert words["deadline"] > words["nathan"] == 0
    lines = [line for line in EVERYDAY_PATH.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert lines == sorted(set(lines))
    assert not words.keys() & {"behavior", "safegarding", "exlusion", "recieve"}
