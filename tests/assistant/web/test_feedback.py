"""Feedback: stored with what was asked and answered, nothing of the person; listed and exported."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from assistant.cli import app
from assistant.errors import BadQuestionError, FeedbackError
from assistant.feedback import FeedbackStore, gold_candidates
from assistant.kept import KeptAnswer
from assistant.models import Question
from assistant.service import Service
from evals.dataset import GoldQuestion

QUESTION = "How often does the designated teacher review each personal education plan?"


@pytest.fixture
def kept(service: Service) -> KeptAnswer:
    question = Question(turns=(QUESTION,), school="Hartsbourne Primary School", role="DSL")
    return service.keep(question, service.answer(question))


def test_a_thumb_is_stored_with_question_answer_citations_and_fingerprint(client: TestClient, service: Service) -> None:
    answered = client.post("/api/v1/answers", json={"question": QUESTION, "role": "DSL"})
    given = {"answer_id": answered.headers["answer-id"], "thumb": "down", "reason": "  It names   no day. "}
    assert client.post("/api/v1/feedback", json=given).status_code == 201
    (stored,) = FeedbackStore(service.store.data_dir).all()
    assert stored.turns == (QUESTION,)
    assert stored.reason == "It names no day."
    assert stored.answer.model_dump(mode="json") == answered.json()
    assert list(stored.citations) == [citation["clause_id"] for citation in answered.json()["citations"]]
    assert stored.fingerprint == service.fingerprint
    assert (stored.thumb, stored.role, stored.school, stored.day) == ("down", "DSL", None, "2026-11-23")


def test_nothing_of_the_person_is_stored(client: TestClient, service: Service) -> None:
    answer_id = client.post("/api/v1/answers", json={"question": QUESTION}).headers["answer-id"]
    headers = {"user-agent": "Corridor-Phone/1.0", "x-forwarded-for": "10.9.8.7", "cookie": "who=me"}
    client.post("/api/v1/feedback", json={"answer_id": answer_id, "thumb": "up"}, headers=headers)
    content = (service.store.data_dir / "feedback.sqlite3").read_bytes()
    for trace in (b"Corridor-Phone", b"10.9.8.7", b"who=me", b"testclient", b"127.0.0.1"):
        assert trace not in content
    with sqlite3.connect(service.store.data_dir / "feedback.sqlite3") as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(feedback)")}
    connection.close()
    assert columns == {
        "id", "day", "thumb", "reason", "turns", "school", "role", "answer", "citations", "fingerprint", "answer_id",
    }  # fmt: skip


def test_a_second_thumb_replaces_the_first(service: Service, kept: KeptAnswer) -> None:
    store = FeedbackStore(service.store.data_dir)
    store.add(kept, thumb="up")
    store.add(kept, thumb="down", reason="On reading again: no.")
    assert [(item.thumb, item.reason) for item in store.all()] == [("down", "On reading again: no.")]
    assert store.all(thumb="up") == []


def test_an_unknown_answer_is_404_and_a_bad_reason_422(client: TestClient) -> None:
    unknown = client.post("/api/v1/feedback", json={"answer_id": "never", "thumb": "up"})
    assert unknown.status_code == 404
    assert "ask the question again" in unknown.json()["detail"]
    answer_id = client.post("/api/v1/answers", json={"question": QUESTION}).headers["answer-id"]
    for wrong in ({"thumb": "sideways"}, {"thumb": "up", "reason": "x" * 1001}, {"thumb": "up", "reason": "a\u202eb"}):
        assert client.post("/api/v1/feedback", json={"answer_id": answer_id, **wrong}).status_code == 422


def test_a_reason_is_checked_where_it_is_stored(service: Service, kept: KeptAnswer) -> None:
    store = FeedbackStore(service.store.data_dir)
    with pytest.raises(BadQuestionError, match=r"the reason has 1,001 characters.*shorten it"):
        store.add(kept, thumb="up", reason="x" * 1001)
    with pytest.raises(BadQuestionError, match="the reason holds a hidden character"):
        store.add(kept, thumb="up", reason="a\u200bb")
    assert store.all() == []


def test_a_damaged_file_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "feedback.sqlite3").write_text("no database")
    with pytest.raises(FeedbackError, match=r"cannot be read.*move the file away"):
        FeedbackStore(tmp_path).all()


def test_export_gives_gold_candidates_that_the_gold_reader_takes(service: Service, kept: KeptAnswer) -> None:
    store = FeedbackStore(service.store.data_dir)
    store.add(kept, thumb="up")
    concern = Question(turns=("hello", "a boy just told me his dad hits him"))
    store.add(service.keep(concern, service.answer(concern)), thumb="down", reason="Right, but late.")
    liked, disliked = (GoldQuestion.model_validate_json(json.dumps(c)) for c in gold_candidates(store.all()))
    assert liked.question == QUESTION
    assert liked.needed == tuple((citation.clause_id,) for citation in kept.answer.citations)
    assert liked.persona == "dsl"
    assert disliked.turns == concern.turns
    assert disliked.kind == "live-concern"
    assert disliked.needed == ()
    assert "Right, but late." in disliked.note


def test_the_command_lists_and_exports(service: Service, kept: KeptAnswer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(service.store.data_dir))
    runner = CliRunner()
    assert "No feedback yet." in runner.invoke(app, ["feedback", "list"]).output
    FeedbackStore(service.store.data_dir).add(kept, thumb="up", reason="Clear.")
    assert runner.invoke(app, ["feedback", "list"]).output.split()[:3] == ["1", "2026-11-23", "up"]
    assert json.loads(runner.invoke(app, ["feedback", "export"]).output)["question"] == QUESTION
    wrong = runner.invoke(app, ["feedback", "list", "--thumb", "left"])
    assert isinstance(wrong.exception, BadQuestionError)
