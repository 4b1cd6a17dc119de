"""axe-core on every page, light and dark, desktop and phone; headings, landmarks, live regions."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.live.conftest import ask

Look = Callable[..., Page]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
PAGES = ("/browse", "/browse?q=exclusion", "/about", "/documents/cwsw", "/clause/dfe-exclusion-2024-08/78?whole=true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_have_no_violation(look: Look, scheme: str, size: str) -> None:
    for path in PAGES:
        page = look(path, color_scheme=scheme, viewport=SIZES[size])
        assert violations(page) == [], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_chat_has_no_violation_in_any_state(look: Look, scheme: str, size: str) -> None:
    page = look("/", color_scheme=scheme, viewport=SIZES[size])
    page.get_by_role("textbox", name="Your question").wait_for()
    page.locator("#examples button").first.wait_for()
    assert violations(page) == [], "at the start"
    for question in (
        "what must I do before suspending a CLA pupil?",
        "a girl in yr 5 just told me her uncle hurts her",
        "what is the capital of france?",
        "who\u202e is the DSL",
    ):
        ask(page, question)
        assert violations(page) == [], question
    page.get_by_role("combobox", name="Your school").click()
    assert violations(page) == [], "with a picker open"
    page.keyboard.press("Escape")
    page.locator("a.chip").first.click()
    page.frame_locator("#reader-frame").locator(".target").wait_for()
    assert violations(page) == [], "with the reader open"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Helpful", exact=True).first.click()
    page.get_by_role("heading", name="Would you say why?").wait_for()
    assert violations(page) == [], "with the rating open"


def test_the_print_view_has_no_violation(look: Look) -> None:
    page = look()
    ask(page, "what must I do before suspending a CLA pupil?")
    address = page.get_by_role("link", name="Print or PDF").get_attribute("href")
    assert violations(look(str(address), address=page.url.rstrip("/"))) == []


@pytest.mark.parametrize("path", ["/", *PAGES])
def test_headings_and_landmarks_are_in_order(look: Look, path: str) -> None:
    page = look(path)
    page.locator("h1").first.wait_for()
    if path == "/":
        ask(page, "what must I do before suspending a CLA pupil?")
    levels: list[int] = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].filter(e => e.checkVisibility()).map(e => +e.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= before + 1 for before, later in itertools.pairwise(levels)), levels
    for landmark in ("banner", "main", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1, landmark  # type: ignore[arg-type]
    assert page.locator("html").get_attribute("lang") in {"en", "en-GB"}


def violations(page: Page) -> list[Any]:
    """What axe finds, in words."""
    page.wait_for_timeout(250)  # transitions of colours
    results = Axe().run(page, options=RULES)
    found = results.response["violations"]
    return [(each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in found]
