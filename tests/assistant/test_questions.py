"""What may be asked: limits, hidden characters, and what ordinary typing leaves behind."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import BadQuestionError
from assistant.questions import MAX_QUESTION_CHARS, check_question

HIDDEN = {
    "null": "\x00",
    "bell": "\x07",
    "escape": "\x1b",
    "delete": "\x7f",
    "next line": "\x85",
    "right-to-left override": "\u202e",
    "left-to-right isolate": "\u2066",
    "zero-width space": "\u200b",
    "zero-width non-joiner": "\u200c",
    "joiner outside an emoji": "\u200d",
    "word joiner": "\u2060",
    "byte order mark inside": "\ufeff",
    "tag letter": "\U000e0041",
    "language tag": "\U000e0001",
    "variation selector that can carry data": "\U000e0110",
    "private use": "\ue000",
    "private use of another plane": "\U0010fffd",
    "half a surrogate pair": "\ud800",
    "Hangul filler": "\u3164",
    "combining grapheme joiner": "\u034f",
    "noncharacter": "\uffff",
}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_a_hidden_character_is_refused_by_name(hidden: str) -> None:
    with pytest.raises(BadQuestionError, match=f"hidden character .U.{ord(hidden):04X}.*type it"):
        check_question(f"who is the D{hidden}T?")


@pytest.mark.parametrize("blank", ["", " ", "\n\t\r\n", "\u00a0", "???", "…", "👍", "-" * 50])
def test_a_blank_question_is_refused(blank: str) -> None:
    with pytest.raises(BadQuestionError, match="blank; ask something"):
        check_question(blank)


def test_the_limit_is_2000_characters() -> None:
    assert check_question("a" * MAX_QUESTION_CHARS) == "a" * 2000
    with pytest.raises(BadQuestionError, match="has 2,001 characters, the limit is 2,000"):
        check_question("a" * (MAX_QUESTION_CHARS + 1))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  who\tis\r\nthe  DT? ", "who is the DT?"),
        ("\ufeffwho is the DT?", "who is the DT?"),  # the byte order mark of a file
        ("sus\u00adpension", "suspension"),  # a soft hyphen out of a web page
        ("what’s a “PEP” – £2,630?", "what’s a “PEP” – £2,630?"),
        ("Siân’s naïve café 日本 العربية", "Siân’s naïve café 日本 العربية"),
        ("DT 👩\u200d🏫?", "DT 👩🏫?"),
        ("DT ❤️\u200d🔥 ☎️ 👍🏽?", "DT ❤🔥 ☎ 👍🏽?"),
        ("🏳️\u200d🌈 policy?", "🏳🌈 policy?"),
    ],
)
def test_ordinary_typing_is_read(typed: str, read: str) -> None:
    assert check_question(typed) == read


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("abc ?\u200d👩🏫\ufe0f\u00ad\ufeff\u200b\t"))))
def test_an_accepted_question_hides_nothing(text: str) -> None:
    try:
        read = check_question(text)
    except BadQuestionError:
        return
    assert not {unicodedata.category(character) for character in read} & {"Cc", "Cf", "Cs", "Co"}
    assert read == " ".join(read.split())
    assert any(character.isalnum() for character in read)
    assert check_question(read) == read
