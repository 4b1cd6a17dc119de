"""POST /api/v1/answers and its stream."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from assistant.models import Question
from assistant.server.app import create_app
from assistant.service import Service
from index.store import Store

ASK = "/api/v1/answers"
QUESTION = "How often does the designated teacher review each personal education plan?"


def test_an_answer_is_the_json_of_the_command_line(client: TestClient, service: Service) -> None:
    answer = client.post(ASK, json={"question": QUESTION}).json()
    expected = service.answer(Question(turns=(QUESTION,))).model_dump(mode="json")
    assert answer["statements"]
    assert {**answer, "timings_ms": None} == {**expected, "timings_ms": None}


def test_the_last_turn_is_answered_in_the_light_of_the_others(client: TestClient, service: Service) -> None:
    turns = ["Who reviews the personal education plan?", "and how often?"]
    answer = client.post(ASK, json={"turns": turns}).json()
    assert answer["question"] == "and how often?"
    assert answer["statements"] == service.answer(Question(turns=tuple(turns))).model_dump(mode="json")["statements"]


def test_the_stream_tells_the_same_in_parts_and_in_order(client: TestClient) -> None:
    whole = client.post(ASK, json={"question": QUESTION}).json()
    events = read_events(client.post(f"{ASK}/stream", json={"question": QUESTION}).text)
    kinds = [kind for kind, _ in events]
    assert kinds[0] == "start"
    assert kinds[-2:] == ["answer", "end"]
    assert [data["statement"] for kind, data in events if kind == "statement"] == whole["statements"]
    assert dict(events)["answer"]["answer"] == whole["answer"]


def test_a_live_concern_streams_what_to_do_before_anything_else(client: TestClient) -> None:
    message = {"question": "a boy just told me his dad hits him"}
    events = read_events(client.post(f"{ASK}/stream", json=message).text)
    assert events[0][1]["outcome"] == "escalated"
    assert events[1][0] == "notice"
    assert events[1][1]["kind"] == "act-now"
    assert "999" in events[1][1]["text"]


@pytest.mark.parametrize(
    ("body", "pointer", "remedy"),
    [
        ({"question": "x" * 2001}, "/question", "2000"),
        ({"question": "   "}, "/question", "ask something"),
        ({"question": "who\u202eis"}, "/question", "hidden character"),
        ({"question": "zero\u200bwidth"}, "/question", "hidden character"),
        ({"question": 7}, "/question", "string"),
        ({"question": None}, "/", "question or turns"),
        ({}, "/", "question or turns"),
        ({"question": QUESTION, "turns": [QUESTION]}, "/", "question or turns"),
        ({"turns": []}, "/turns", "at least 1"),
        ({"turns": ["a"] * 31}, "/turns", "at most 30"),
        ({"turns": [QUESTION, 3]}, "/turns/1", "string"),
        ({"question": QUESTION, "school": "Hogwarts"}, "/school", "Hartsbourne"),
        ({"question": QUESTION, "role": "wizard"}, "/role", "DSL"),
        ({"question": QUESTION, "rôle": "DSL"}, "/rôle", "leave it out"),
    ],
)
def test_a_body_that_cannot_be_used_is_a_problem_with_its_remedy(
    client: TestClient, body: dict[str, object], pointer: str, remedy: str
) -> None:
    for path in (ASK, f"{ASK}/stream"):
        response = client.post(path, json=body)
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        problem = response.json()
        assert problem["status"] == 422
        assert [error["pointer"] for error in problem["errors"]] == [pointer]
        assert remedy in problem["detail"]
        assert "\n" not in problem["detail"]


def test_a_body_that_is_no_json_says_what_to_send(client: TestClient) -> None:
    response = client.post(ASK, content=b"{", headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert "not JSON" in response.json()["detail"]


def test_a_body_over_the_limit_is_refused_with_and_without_a_stated_length(client: TestClient) -> None:
    large = json.dumps({"question": "x" * 300_000}).encode()
    headers = {"content-type": "application/json"}
    assert client.post(ASK, content=large, headers=headers).status_code == 413
    parts = (large[at : at + 50_000] for at in range(0, len(large), 50_000))
    assert client.post(ASK, content=parts, headers=headers).status_code == 413


def test_an_unbuilt_index_is_503_with_the_command_that_builds_it(make_store: Callable[..., Store]) -> None:
    app = create_app(Service(make_store()), chat=False)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        for method, path in (("POST", ASK), ("GET", "/readyz"), ("GET", "/api/v1/documents"), ("GET", "/browse")):
            response = client.request(method, path, json={"question": QUESTION} if method == "POST" else None)
            assert response.status_code == 503
            assert "assistant index build" in response.text
        assert client.get("/healthz").json() == {"status": "ok"}


def read_events(text: str) -> list[tuple[str, dict[str, object]]]:
    """The events of a stream with their data."""
    events = []
    for block in text.replace("\r\n", "\n").strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "event" in fields:
            events.append((fields["event"], json.loads(fields["data"])))
    return events
