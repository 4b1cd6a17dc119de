"""Hostile texts through every page and message: shown as text, never taken for markup."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import docx
import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from assistant.chat.messages import answered, asked, refused
from assistant.models import Question
from assistant.server.app import create_app
from assistant.service import Service
from corpus.models import Authority, Document
from index.store import Store
from tests.assistant.web.conftest import HOST, TODAY
from tests.assistant.web.hostile import FORBIDDEN, HOSTILE
from tests.index.fakes import clause


@pytest.fixture
def poisoned(make_store: Callable[..., Store]) -> Iterator[tuple[TestClient, Service]]:
    """A document whose every word is hostile: title, edition, publisher, headings, locators, clauses."""
    store = make_store()
    clauses = tuple(
        clause("bad", f"p{n}", f"The designated teacher must review {text} each term.", heading=text)
        for n, text in enumerate(HOSTILE)
    )
    document = Document(
        id="bad", title=HOSTILE[0], publisher=HOSTILE[1], authority=Authority.LOCAL, edition=HOSTILE[5],
        url="javascript:alert(1)", origin="added", clauses=clauses,
    )  # fmt: skip
    store.build([replace(document, origin="shipped")])
    service = Service(store, today=lambda: TODAY)
    with TestClient(create_app(service, chat=False), base_url=HOST, raise_server_exceptions=False) as client:
        yield client, service


def test_pages_show_hostile_documents_as_text(poisoned: tuple[TestClient, Service]) -> None:
    client, _ = poisoned
    whole = client.get("/documents/bad")
    assert_harmless(whole.text)
    body = LexborHTMLParser(whole.text).body
    assert body is not None
    shown = " ".join(body.text().split())
    for text in HOSTILE:
        assert seen(text) in shown, text
    for path in (
        "/browse",
        "/about",
        "/browse?q=designated teacher",
        "/documents/bad?q=script",
        "/clause/bad/p0?panel=true",
    ):
        assert_harmless(client.get(path).text)
    for n in range(0, len(HOSTILE), 7):
        page = client.get(f"/clause/bad/p{n}", params={"whole": "true"}).text
        assert_harmless(page)
        assert "javascript:" not in "".join(str(a.attributes.get("href")) for a in LexborHTMLParser(page).css("a"))


def test_words_in_an_address_are_text(poisoned: tuple[TestClient, Service]) -> None:
    client, _ = poisoned
    for text in HOSTILE:
        assert_harmless(client.get("/clause/bad/p0", params={"words": text}).text)
        assert_harmless(client.get("/browse", params={"q": text}).text)
        assert_harmless(client.get(f"/clause/{text}").text)
        assert_harmless(client.get(f"/documents/{text}").text)
        assert_harmless(client.get(f"/answers/{text}").text)


def test_messages_of_the_chat_show_hostile_texts_as_text(poisoned: tuple[TestClient, Service]) -> None:
    _, service = poisoned
    for text in HOSTILE:
        for message in (asked(text), refused(text)):
            assert_harmless(message["content"])
            assert "\n" not in message["content"]
    kept = service.keep(
        Question(turns=(HOSTILE[0],)), service.answer(Question(turns=("who must review a script each term?",)))
    )
    assert kept.answer.citations
    for message in answered(kept):
        assert_harmless(message["content"])


def test_print_and_word_show_hostile_texts_as_text(poisoned: tuple[TestClient, Service]) -> None:
    client, _ = poisoned
    answer = client.post("/api/v1/answers", json={"question": "who must review <script>alert(1)</script> each term?"})
    assert answer.json()["citations"]
    address = f"/answers/{answer.headers['answer-id']}"
    assert_harmless(client.get(address).text)
    file = docx.Document(io.BytesIO(client.get(f"{address}.docx").content))
    assert not file.part.rels or all("evil.test" not in str(rel.target_ref) for rel in file.part.rels.values())
    assert "<script>alert(1)</script>" in "\n".join(paragraph.text for paragraph in file.paragraphs)


def test_a_hostile_reason_is_stored_as_it_is_or_refused(poisoned: tuple[TestClient, Service]) -> None:
    client, _ = poisoned
    answer_id = client.post("/api/v1/answers", json={"question": "who reviews the script?"}).headers["answer-id"]
    for text in HOSTILE:
        response = client.post("/api/v1/feedback", json={"answer_id": answer_id, "thumb": "down", "reason": text})
        hidden = text.removeprefix("\ufeff") != seen(text)  # a mark at the start is what pasting leaves behind
        assert response.status_code == (422 if hidden else 201), text


def assert_harmless(html: str) -> None:
    found = LexborHTMLParser(html).css(FORBIDDEN)
    assert not found, [node.html for node in found][:3]


def seen(text: str) -> str:
    """A text as a page shows it: what hides or reorders is left out, white space is one space."""
    return " ".join(text.translate(dict.fromkeys(map(ord, "\u200b\u202e\u202c\u2066\u2069\ufeff"))).split())
