"""GET /api/v1/search, /documents, /clauses; health."""

from __future__ import annotations

import time

import pytest
from starlette.testclient import TestClient

from assistant.service import Service
from tests.index.fakes import added


def test_search_finds_the_clause_and_says_where_it_stands(client: TestClient) -> None:
    found = client.get("/api/v1/search", params={"q": "personal education plan", "top_k": 3}).json()
    assert len(found["hits"]) == 3
    assert any("personal education plan" in hit["clause"]["text"] for hit in found["hits"])
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_search_keeps_to_the_documents_and_the_standing_asked_for(client: TestClient) -> None:
    found = client.get("/api/v1/search", params={"q": "looked-after child", "document": "cwsw"}).json()
    assert {hit["clause"]["document_id"] for hit in found["hits"]} == {"cwsw"}
    found = client.get("/api/v1/search", params={"q": "looked-after child", "authority": "statutory"}).json()
    assert {hit["clause"]["authority"] for hit in found["hits"]} == {"statutory"}


@pytest.mark.parametrize(
    "query",
    [{}, {"q": ""}, {"q": "x" * 2001}, {"q": "a\u202eb"}, {"q": "pep", "top_k": 0}, {"q": "pep", "top_k": "many"},
     {"q": "pep", "mode": "guess"}, {"q": "pep", "authority": "papal"}],
)  # fmt: skip
def test_a_search_that_cannot_be_made_is_a_problem(client: TestClient, query: dict[str, str | int]) -> None:
    response = client.get("/api/v1/search", params=query)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_documents_are_listed_and_read_whole(client: TestClient) -> None:
    listed = client.get("/api/v1/documents").json()
    assert "cwsw" in {document["id"] for document in listed}
    whole = client.get("/api/v1/documents/cwsw").json()
    assert len(whole["clauses"]) == whole["size"] == next(d["size"] for d in listed if d["id"] == "cwsw")


def test_a_clause_comes_with_its_neighbours(client: TestClient) -> None:
    ids = [clause["id"] for clause in client.get("/api/v1/documents/cwsw").json()["clauses"]]
    found = client.get(f"/api/v1/clauses/{ids[1]}").json()
    assert (found["previous"], found["clause"]["clause_id"], found["next"]) == tuple(ids[:3])
    assert client.get(f"/api/v1/clauses/{ids[0]}").json()["previous"] == ""


def test_an_unknown_document_or_clause_is_404_with_a_remedy(client: TestClient) -> None:
    problem = client.get("/api/v1/documents/nothing").json()
    assert problem["status"] == 404
    assert "there are: cwsw" in problem["detail"]
    problem = client.get("/api/v1/clauses/cwsw/nothing/9").json()
    assert problem["status"] == 404
    assert "check the link" in problem["detail"]
    problem = client.get("/api/v1/nothing").json()
    assert problem["status"] == 404
    assert "/docs" in problem["detail"]


def test_a_document_added_by_another_process_is_met_at_the_next_question(client: TestClient, service: Service) -> None:
    before = client.get("/api/v1/search", params={"q": "trampoline"}).json()["hits"]
    assert all("trampoline" not in hit["clause"]["text"] for hit in before)
    fingerprint = service.fingerprint
    service.store.add(added("trampoline", "The trampoline is checked every Monday."))
    first = client.get("/api/v1/search", params={"q": "trampoline"}).json()["hits"][0]
    assert first["clause"]["clause_id"] == "trampoline/p1"
    assert service.fingerprint != fingerprint


def test_ready_once_the_index_is_open(client: TestClient) -> None:
    deadline = time.monotonic() + 20
    while client.get("/readyz").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready"
    assert ready["clauses"] == 10


def test_the_description_has_examples_and_problem_details(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert {
        "/api/v1/answers", "/api/v1/answers/stream", "/api/v1/search", "/api/v1/documents",
        "/api/v1/documents/{document_id}", "/api/v1/clauses/{clause_id}", "/api/v1/feedback", "/healthz", "/readyz",
    } == set(described["paths"])  # fmt: skip
    assert described["components"]["schemas"]["Ask"]["examples"]
    refused = described["paths"]["/api/v1/answers"]["post"]["responses"]["422"]["content"]
    assert list(refused) == ["application/problem+json"]
    page = client.get("/docs")
    assert "/page/docs/swagger-ui-bundle.js" in page.text
    assert "http" not in page.text.replace("http://127.0.0.1", "")
    assert client.get("/page/docs/swagger-ui-bundle.js").status_code == 200
