"""What Gradio brings along and the page does not use is closed; what it uses is private."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from benchmarks.load import asking_event
from tests.live.conftest import Server


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/upload/"),
        ("POST", "/upload"),
        ("GET", "/gradio_api/upload_progress"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file/etc/passwd"),
        ("GET", "/file=/etc/passwd"),
        ("GET", "/gradio_api/proxy=https://evil.test/"),
        ("GET", "/gradio_api/info"),
        ("GET", "/config"),
        ("GET", "/gradio_api/openapi.json"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/gradio_api/call/v2/ask"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/gradio_api/api/ask"),
        ("POST", "/gradio_api/stream/x"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/process_recording"),
        ("POST", "/gradio_api/vibe-edit"),
        ("GET", "/gradio_api/mcp/"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/monitoring"),
        ("POST", "/login"),
    ],
)
def test_gradio_routes_that_the_page_does_not_use_are_closed(http: httpx.Client, method: str, path: str) -> None:
    for address in (path, path.replace("/gradio_api", "/GRADIO_API"), f"/{path}", path.replace("_api/", "_api//")):
        response = http.request(method, f"{str(http.base_url).rstrip('/')}{address}")
        assert response.status_code in {404, 405}, address
        assert "root:" not in response.text


def test_the_chat_page_names_no_other_host_and_runs_only_its_own_scripts(http: httpx.Client) -> None:
    page = http.get("/")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    scripts = policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe" not in scripts
    assert "'sha256-" in scripts
    assert "img-src 'self' data:" in policy
    assert "connect-src 'self'" in policy
    text = page.text.replace(str(http.base_url).rstrip("/"), "").replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text.replace("https://github.com/gradio-app", "")


def test_every_event_of_the_chat_is_private(http: httpx.Client) -> None:
    found = re.search(r"window.gradio_config = (.*?);</script>", http.get("/").text, re.DOTALL)
    assert found
    events = json.loads(found[1])["dependencies"]
    assert len(events) > 5
    assert {event["api_visibility"] for event in events} == {"private"}


def test_a_client_of_gradio_finds_nothing_to_call(server: Server) -> None:
    from gradio_client import Client

    with pytest.raises(Exception, match=r"404|Could not fetch"):
        Client(server.address, verbose=False)


def test_an_answer_streams_to_the_page_layer_by_layer(http: httpx.Client) -> None:
    found = re.search(r"window.gradio_config = (.*?);</script>", http.get("/").text, re.DOTALL)
    assert found
    body = {
        "data": ["what must I do before suspending a CLA pupil?", "Not sure", "Not sure", None, None],
        "fn_index": asking_event(json.loads(found[1])),
        "session_hash": "streams",
    }
    assert http.post("/gradio_api/queue/join", json=body).status_code == 200
    kinds: list[str] = []
    first = 0
    with http.stream("GET", "/gradio_api/queue/data", params={"session_hash": "streams"}) as stream:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                kinds.append(json.loads(line[5:])["msg"])
                first = first or (len(kinds) if "answer-" in line else 0)
    assert kinds.count("process_generating") >= 5  # the question, three layers, what can be done with the answer
    assert first < kinds.index("process_completed") - 2
