"""The pages beside the chat: browse, search, deep links, old links, about; phone, dark, keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.pages.about import REPORTS
from tests.live.conftest import Server, ask

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
Look = Callable[..., Page]


def test_browse_search_and_read_a_clause(look: Look) -> None:
    page = look("/browse")
    expect(page.get_by_role("heading", name="Children with a Social Worker Policy")).to_be_visible()
    page.get_by_label("Search in all documents").fill("how often is a PEP reviewed")
    page.get_by_role("button", name="Search").click()
    page.locator(".cards h3 a").first.click()
    expect(page.locator(".target")).to_be_in_viewport()
    expect(page.locator(".target")).to_be_focused()
    page.get_by_role("link", name="Whole document").click()
    expect(page.get_by_role("navigation", name="Contents of this document")).to_be_visible()
    page.get_by_label("Search within this document").fill("virtual school")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name=re.compile(r"\d+ clauses with"))).to_be_visible()


def test_a_deep_link_opens_the_clause_in_its_document(look: Look) -> None:
    page = look("/clause/cwsw/suspensions-and-exclusion/3")
    target = page.locator(".target")
    expect(target).to_be_in_viewport()
    expect(target).to_contain_text("We will make every effort to avoid excluding a child looked after")
    assert page.locator("mark").count() == 0
    expect(page).to_have_title(re.compile("Children with a Social Worker Policy"))


def test_words_are_marked_only_where_they_stand(look: Look) -> None:
    page = look("/clause/dfe-exclusion-2024-08/78?words=must, without delay after the decision, notify")
    expect(page.locator(".target mark")).to_have_text("must, without delay after the decision, notify")
    page = look("/clause/dfe-exclusion-2024-08/78?words=must not, without delay after the decision, notify")
    expect(page.locator(".target")).to_be_visible()
    assert page.locator("mark").count() == 0


def test_a_clause_of_a_document_with_a_new_edition_shows_both(look: Look, own_server: Server, tmp_path: Path) -> None:
    address = "/clause/dfe-exclusion-2024-08/78"
    page = look(address, address=own_server.address)
    expect(page.locator(".target .words")).to_contain_text("notify the pupil's social worker")
    newer = tmp_path / "exclusion.txt"
    paragraphs = [f"{n}. This is paragraph {n} of the new edition, which says something new." for n in range(70, 80)]
    newer.write_text("Exclusion\n\n" + "\n\n".join(paragraphs) + "\n")
    own_server.assistant(
        "corpus", "add", str(newer), "--id", "dfe-exclusion-2024-08", "--edition", "2026", "--authority", "statutory"
    )
    page = look(address, address=own_server.address)
    expect(page.locator(".target .words")).to_contain_text("paragraph 78 of the new edition")
    expect(page.locator(".others")).to_contain_text("What this clause said before")
    expect(page.locator(".others")).to_contain_text("notify the pupil's social worker")
    expect(page.locator(".others")).to_contain_text("August 2024")
    page = look("/clause/dfe-exclusion-2024-08/78-2", address=own_server.address)
    expect(page.locator(".notice.old").first).to_contain_text("no longer there")
    expect(page.locator(".others")).to_contain_text("The same paragraph today")
    expect(page.locator(".others")).to_contain_text("paragraph 78 of the new edition")


def test_about_tells_the_figures_of_the_evaluation(look: Look) -> None:
    page = look("/about")
    figures = json.loads((REPORTS / "latest-test.json").read_text())["figures"]
    for name, figure in figures.items():
        row = page.get_by_role("row").filter(has_text=re.compile(re.escape(name), re.IGNORECASE)).first
        expect(row).to_contain_text("ms" if "milliseconds" in name else f"{figure['value']:.0%}")
        expect(row).to_contain_text(str(figure["n"]))
    expect(page.get_by_role("region", name="Documents held").get_by_role("link")).to_have_count(15)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_reader_covers_the_page_and_closes_again(look: Look, scheme: str) -> None:
    page = look(color_scheme=scheme, **PHONE)
    ask(page, "what must I do before suspending a CLA pupil?")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".asked").last).to_be_in_viewport()
    page.locator("a.chip").first.tap()
    expect(page.frame_locator("#reader-frame").locator(".target")).to_be_in_viewport()
    box = page.locator("#reader").bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, 390)
    wide = page.frame_locator("#reader-frame").locator("html").evaluate("e => e.scrollWidth")
    assert wide <= 390
    page.get_by_role("button", name="Close the reader").tap()
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("a.chip").first).to_be_focused()
    for path in ("/browse", "/about", "/documents/cwsw", "/clause/cwsw/suspensions-and-exclusion/3"):
        other = look(path, color_scheme=scheme, **PHONE)
        assert other.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_dark_mode_is_dark_and_light_mode_is_light(look: Look) -> None:
    for path in ("/", "/browse", "/clause/cwsw/aims/p1"):
        for scheme, low, high in (("light", 230, 255), ("dark", 0, 40)):
            page = look(path, color_scheme=scheme)
            page.locator("h1").first.wait_for()
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert all(low <= int(part) <= high for part in re.findall(r"\d+", colour)[:3]), (path, scheme, colour)


def test_keyboard_alone_from_question_to_reader_and_back(look: Look) -> None:
    page = look()
    page.get_by_role("textbox", name="Your question").wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the question")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    page.keyboard.type("how often is a PEP reviewed?")
    page.keyboard.press("Enter")
    page.locator(".answer.done").wait_for()
    expect(page.locator("#announcer")).to_contain_text("Answer with")
    chip = page.locator("a.chip").first
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if chip.evaluate("e => e === document.activeElement"):
            break
    expect(chip).to_be_focused()
    assert _ring(chip) != "none", "no visible focus on the chip"
    page.keyboard.press("Enter")
    target = page.frame_locator("#reader-frame").locator(".target")
    expect(target).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    focused = page.frame_locator("#reader-frame").locator(":focus")
    expect(focused).to_have_count(1)
    assert _ring(focused) != "none", "no visible focus in the reader"
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    expect(chip).to_be_focused()


def _ring(locator: object) -> str:
    return locator.evaluate("e => getComputedStyle(e).outlineStyle")  # type: ignore[attr-defined, no-any-return]
