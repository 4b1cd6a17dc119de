"""Pages over the ten clauses: what they say when something is missing, moved or asked for wrongly."""

from __future__ import annotations

import io

import docx
import pytest
from starlette.testclient import TestClient

from assistant.errors import SettingsError
from assistant.pages.routes import WORD
from assistant.service import Service
from assistant.settings import load_settings
from tests.index.fakes import added

QUESTION = "How often does the designated teacher review each personal education plan?"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/clause/cwsw/nothing/9", "check the link"),
        ("/documents/nothing", "there are: cwsw"),
        ("/answers/never-given", "ask again"),
        ("/answers/never-given.docx", "ask again"),
        ("/answers/never-given.txt", "ask again"),
    ],
)
def test_what_is_not_there_is_404_with_what_to_do(client: TestClient, path: str, said: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert said.lower() in response.text.lower()
    assert "Traceback" not in response.text


def test_a_search_that_cannot_be_made_says_so_on_the_page(client: TestClient) -> None:
    for path in ("/browse", "/documents/cwsw"):
        page = client.get(path, params={"q": "zero\u200bwidth"})
        assert page.status_code == 200
        assert "the search holds a hidden character" in page.text


def test_the_panel_has_no_header_and_its_links_stay_in_the_panel(client: TestClient) -> None:
    page = client.get("/clause/cwsw/suspensions/1?panel=true").text
    assert "site-header" not in page
    assert 'rel="next" href="/clause/cwsw/suspensions/2?panel=true"' in page
    assert "site-header" in client.get("/clause/cwsw/suspensions/1").text


def test_an_answer_is_kept_for_print_word_and_text(client: TestClient) -> None:
    answered = client.post("/api/v1/answers", json={"question": QUESTION})
    address = f"/answers/{answered.headers['answer-id']}"
    assert QUESTION in client.get(address).text
    word = client.get(f"{address}.docx")
    assert word.headers["content-type"] == WORD
    assert 'filename="answer-2026-11-23.docx"' in word.headers["content-disposition"]
    assert docx.Document(io.BytesIO(word.content)).paragraphs[0].text == QUESTION
    copied = client.get(f"{address}.txt").text
    assert "http://127.0.0.1:7860/clause/cwsw/teacher/" in copied


def test_a_clause_that_has_moved_says_where_it_was_looked_for(client: TestClient, service: Service) -> None:
    service.store.add(added("guide", "Lanterns are lit at dusk.", "Lanterns are put out at dawn."))
    service.archive.keep(service.store, ["guide"])
    service.store.add(added("guide", "Lanterns are lit at dusk."))
    page = client.get("/clause/guide/p2").text
    assert "This clause is no longer there" in page
    assert "Lanterns are put out at dawn." in page
    assert "Do not rely on it" in page


def test_the_setting_that_opens_the_network_takes_one_word_only() -> None:
    assert load_settings({}).without_sign_in == ""
    assert load_settings({"ASSISTANT_WITHOUT_SIGN_IN": "accepted"}).without_sign_in == "accepted"
    with pytest.raises(SettingsError, match=r"ASSISTANT_WITHOUT_SIGN_IN: .*'accepted'"):
        load_settings({"ASSISTANT_WITHOUT_SIGN_IN": "yes"})
