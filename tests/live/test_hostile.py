"""Hostile texts through the browser: as a document (text, title, file name), as questions, as reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.assistant.web.hostile import FORBIDDEN, HOSTILE
from tests.live.conftest import Server, ask

Look = Callable[..., Page]


def test_hostile_questions_are_shown_as_text(look: Look) -> None:
    page = look()
    for question in packed(HOSTILE, 1800):
        ask(page, question)
    shown = " ".join(" ".join(page.locator(".asked").all_inner_texts()).split())
    for text in HOSTILE:
        assert seen(text) in shown, text
    assert page.locator(".asked, .answer").locator(FORBIDDEN).count() == 0
    assert page.locator("#conversation a:not([href^='/'])").count() == 0


def test_a_hostile_document_is_shown_as_text_everywhere(look: Look, own_server: Server, tmp_path: Path) -> None:
    file = tmp_path / "<img src=x onerror=alert(1)>.txt"
    file.write_text("\n\n".join(f"The lantern keeper must polish {text} each term." for text in HOSTILE))
    own_server.assistant("corpus", "add", str(file), "--id", "bad", "--title", HOSTILE[1], "--edition", HOSTILE[7])
    for path in ("/browse", "/documents/bad", "/browse?q=lantern keeper polish", "/documents/bad?q=lantern"):
        page = look(path, address=own_server.address)
        assert page.locator("main").locator(FORBIDDEN).count() == 0, path
    page = look("/documents/bad", address=own_server.address)
    assert "<script>alert(1)</script>" in page.locator(".doc").inner_text()
    page = look("/", address=own_server.address)
    ask(page, "what must the lantern keeper polish each term?")
    expect(page.locator(".answer a.chip").first).to_be_visible()
    expect(page.locator(".answer")).to_contain_text("lantern keeper must polish")
    assert page.locator(".asked, .answer").locator(FORBIDDEN).count() == 0
    page.locator("a.chip").first.click()
    target = page.frame_locator("#reader-frame").locator(".target")
    expect(target.locator("mark").first).to_be_visible()
    assert page.frame_locator("#reader-frame").locator("main").locator(FORBIDDEN).count() == 0


def test_hostile_reasons_do_nothing(look: Look, server: Server) -> None:
    page = look()
    ask(page, "how often is a PEP reviewed?")
    for text in ("<img src=x onerror=alert(1)>", "[here](javascript:alert(1))", "{{ 7 * 7 }}"):
        page.get_by_role("button", name="Helpful", exact=True).click()
        page.get_by_label("Reason (optional, never a pupil's name)").fill(text)
        page.get_by_role("button", name="Send reason").click()
        expect(page.locator("#rating")).to_be_hidden()
    assert text in server.assistant("feedback", "list")
    page.get_by_role("button", name="Helpful", exact=True).click()
    page.get_by_label("Reason (optional, never a pupil's name)").fill("hidden \u202e text")
    page.get_by_role("button", name="Send reason").click()
    expect(page.locator("#rating-problem")).to_contain_text("hidden character")


def packed(texts: tuple[str, ...], most: int) -> Iterator[str]:
    """Several texts a question, up to so many characters."""
    question = ""
    for text in texts:
        if question and len(question) + 1 + len(text) > most:
            yield question
            question = ""
        question = f"{question} {text}".strip(" ")
    yield question


def seen(text: str) -> str:
    return " ".join(text.translate(dict.fromkeys(map(ord, "\u200b\u202e\u202c\u2066\u2069\ufeff"))).split())
