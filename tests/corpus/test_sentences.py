"""Sentence ends and chunks: verbatim pieces, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import chunks, sentences
from tests.corpus.material import PROPERTY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("One. Two? Three! Four", ["One.", "Two?", "Three!", "Four"]),
        ("See para. 60 of it. Then act.", ["See para. 60 of it.", "Then act."]),
        ("Local priorities e.g. Attendance count. So", ["Local priorities e.g. Attendance count.", "So"]),
        ("Ask Dr. Smith or J. Jones. They know.", ["Ask Dr. Smith or J. Jones.", "They know."]),
        ("He said ‘stop.’ “Why?” (She asked.) 12 came.", ["He said ‘stop.’", "“Why?”", "(She asked.)", "12 came."]),
        ("It costs 4.5 pounds. at most", ["It costs 4.5 pounds. at most"]),
        ("Approved on 10.12.25. Next review: 2027", ["Approved on 10.12.25.", "Next review: 2027"]),
        ("Lead:\n- one.\n- Two.", ["Lead:\n- one.\n- Two."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_chunks_group_sentences_and_part_a_long_one_at_a_space() -> None:
    assert chunks("One. Two. Three.", 9) == ["One. Two.", "Three."]
    assert chunks("aa bb cc dd", 5) == ["aa bb", "cc dd"]
    assert chunks("aa\nbb\tcc", 5) == ["aa\nbb", "cc"]
    assert chunks("abcdefgh", 3) == ["abc", "def", "gh"]
    assert chunks("", 5) == []


TEXT = st.text(alphabet="ab.?! e.gABC1\n\t(’”-", max_size=200)


@PROPERTY
@given(TEXT)
def test_the_pieces_are_the_text_with_its_spaces_squeezed(text: str) -> None:
    pieces = sentences(text)
    assert " ".join(" ".join(pieces).split()) == " ".join(text.split())
    assert all(piece and piece in text for piece in pieces)


@PROPERTY
@given(TEXT, st.integers(1, 40))
def test_chunks_keep_to_the_limit_and_lose_no_letter(text: str, limit: int) -> None:
    pieces = chunks(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@PROPERTY
@given(st.lists(st.text(alphabet="abC.", min_size=1, max_size=8), max_size=60), st.sampled_from([" ", "\n", " \t"]))
def test_chunks_part_no_word_that_fits(texts: list[str], space: str) -> None:
    assert [word for piece in chunks(space.join(texts), 12) for word in piece.split()] == texts
