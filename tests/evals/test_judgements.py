"""The clauses judged for gold questions, as they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.library import shipped_documents
from evals.dataset import GoldError, Kind, load_gold
from evals.judgements import Grade, load_judgements

QUESTIONS, CLAUSES = {"pol1-001"}, {"a/1", "a/2", "a/3", "a/4"}


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "judgements.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_each_clause_has_the_grade_it_stands_under(tmp_path: Path) -> None:
    path = written(tmp_path, '{"of": "pol1-001", "answers": ["a/1"], "beside": ["a/2"], "noise": ["a/3"]}')
    judged = load_judgements(path, questions=QUESTIONS, clauses=CLAUSES)
    grades = [judged.grade("pol1-001", id_) for id_ in ("a/1", "a/2", "a/3", "a/4")]
    assert grades == [Grade.ANSWERS, Grade.BESIDE, Grade.NOISE, None]
    assert judged.grade("pol1-002", "a/1") is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "line 1"),
        ('{"of": "pol1-002"}', "there is no gold question 'pol1-002'"),
        ('{"of": "pol1-001", "noise": ["a/9"]}', "there is no clause 'a/9'"),
        ('{"of": "pol1-001", "answers": ["a/1"], "noise": ["a/1"]}', "a/1 is judged twice"),
    ],
)
def test_what_cannot_be_right_is_refused_by_line(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(GoldError, match=reason):
        load_judgements(written(tmp_path, line), questions=QUESTIONS, clauses=CLAUSES)


def test_every_gold_question_that_is_answered_was_judged() -> None:
    gold = load_gold()
    clauses = {clause.id for document in shipped_documents() for clause in document.clauses}
    judged = load_judgements(questions={question.id for question in gold}, clauses=clauses)
    due = {question.id for question in gold if question.kind in {Kind.ANSWERABLE, Kind.FOLLOW_UP}}
    assert due == {question_id for question_id, _ in judged.grades}
