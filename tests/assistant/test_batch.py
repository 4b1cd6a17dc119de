"""Batches: one answer a line, in order; a bad line is named and costs nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

import pytest

from assistant.answering import Assistant
from assistant.batch import answer_lines
from assistant.errors import BadQuestionError
from assistant.models import Answer, Outcome, Question


class Echo:
    """Answers with the question, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        return Answer(id=question.id, question=question.text, outcome=Outcome.ANSWERED, answer=f"on {question.text}")


def ask(lines: Sequence[object], *, school: str | None = None, role: str | None = None) -> tuple[list[Any], Echo]:
    echo = Echo()
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    answers = answer_lines(texts, lambda: cast(Assistant, echo), school=school, role=role)
    return [json.loads(answer) for answer in answers], echo


def test_answers_come_in_order_with_their_ids() -> None:
    answers, _ = ask([{"id": f"q{n}", "question": f"question {n}?"} for n in range(12)])
    assert [answer["id"] for answer in answers] == [f"q{n}" for n in range(12)]
    assert [answer["question"] for answer in answers] == [f"question {n}?" for n in range(12)]


def test_an_id_comes_back_as_it_was() -> None:
    answers, _ = ask([{"id": 7, "question": "a?"}, {"id": "7", "question": "a?"}, {"question": "a?"}])
    assert [answer["id"] for answer in answers] == [7, "7", None]


def test_the_same_id_twice_is_answered_twice() -> None:
    answers, _ = ask([{"id": "a", "question": "one?"}, {"id": "a", "question": "two?"}])
    assert [answer["question"] for answer in answers] == ["one?", "two?"]


def test_turns_are_handed_on_and_the_last_is_the_question() -> None:
    answers, echo = ask([{"turns": ["who is  the DT?", "and the DSL?"]}])
    assert echo.asked[0].turns == ("who is the DT?", "and the DSL?")
    assert answers[0]["question"] == "and the DSL?"


def test_school_and_role_of_a_line_go_before_those_given_for_all() -> None:
    lines = [{"question": "a?"}, {"question": "a?", "school": "meads", "role": "DT"}]
    _, echo = ask(lines, school="Hartsbourne Primary School", role="headteacher")
    assert [(question.school, question.role) for question in echo.asked] == [
        ("Hartsbourne Primary School", "headteacher"),
        ("meads", "DT"),
    ]


def test_blank_lines_a_byte_order_mark_and_unknown_keys_are_no_matter() -> None:
    answers, _ = ask(
        ["\ufeff" + json.dumps({"question": "a?", "persona": "dsl"}) + "\r\n", "  \n", '{"question": "b?"}']
    )
    assert [answer["question"] for answer in answers] == ["a?", "b?"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{not JSON", "it is not JSON"),
        ("who is the DT?", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ('{"question": "a?", "id": ' + "1" * 5000 + "}", "it is not JSON"),
        ('["a?"]', "it is no JSON object"),
        ("null", "it is no JSON object"),
        ('{"id": 1}', "either a question or turns"),
        ('{"question": "a?", "turns": ["b?"]}', "either a question or turns"),
        ('{"question": 5}', "question: .*valid string"),
        ('{"turns": []}', "turns: .*at least 1"),
        ('{"turns": ["a?", " "]}', "the question is blank"),
        ('{"turns": ["", "a?"]}', "the question is blank"),
        ('{"question": ""}', "the question is blank"),
        (json.dumps({"question": "a" * 2001}), "2,001 characters"),
        ('{"question": "a\\u202eb?"}', r"hidden character .U\+202E"),
        ('{"question": "a\\u0000b?"}', r"hidden character .U\+0000"),
        ('{"question": "a\\ud800b?"}', r"hidden character .U\+D800"),
        ('{"question": "a?", "id": "\\ud800"}', "id: .*cannot be shown"),
        ('{"question": "a?", "id": ["x"]}', "id: "),
        ('{"question": "a?", "school": "Eton"}', "'Eton' is no school of the Trust; there are: Bushey Meads School"),
    ],
)
def test_a_bad_line_is_named_before_anything_is_answered(line: str, said: str) -> None:
    opened = []
    answers = answer_lines(
        ['{"question": "a?"}', "", line],
        lambda: opened.append(1) or cast(Assistant, Echo()),  # type: ignore[func-returns-value]
        school=None,
        role=None,
    )
    with pytest.raises(BadQuestionError, match=f"^line 3: .*{said}") as caught:
        next(answers)
    assert "\n" not in str(caught.value)
    assert opened == []


def test_an_empty_batch_is_a_mistake() -> None:
    with pytest.raises(BadQuestionError, match="holds no question; write one JSON object a line"):
        ask(["", "\n"])
