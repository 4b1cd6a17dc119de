"""Take the screenshots of docs/screenshots/ from a running server: `make screenshots`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.live.conftest import CHROMIUM, REPOSITORY, ask

FOLDER = REPOSITORY / "docs" / "screenshots"
SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
SCHEMES = {"desktop": ("light", "dark"), "phone": ("light", "dark")}
PAGES = {"browse": "/browse", "about": "/about", "clause": "/clause/cwsw/suspensions-and-exclusion/3"}
CONCERN = "a girl in yr 5 just told me her uncle hurts her"


def main(address: str) -> None:
    """Every page at both widths, light and dark."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for size, viewport in SIZES.items():
            for scheme in SCHEMES[size]:
                page = browser.new_page(viewport=viewport, color_scheme=scheme, base_url=address)  # type: ignore[arg-type]
                name = f"{size}-{scheme}"
                _chat(page, name)
                for title, path in PAGES.items():
                    page.goto(path)
                    page.wait_for_load_state("load")
                    _take(page, f"{title}-{name}")
                page.close()
        browser.close()


def _chat(page: Page, name: str) -> None:
    page.goto("/")
    page.locator("#examples button").first.wait_for()
    page.get_by_role("combobox", name="Your school").wait_for()
    _take(page, f"start-{name}")
    ask(page, "what must I do before suspending a CLA pupil?")
    _take(page, f"answer-{name}")
    page.locator("a.chip.trust-policy").first.click()
    page.frame_locator("#reader-frame").locator(".target").wait_for()
    _take(page, f"reader-{name}")
    page.get_by_role("button", name="Close the reader").click()
    page.get_by_role("combobox", name="Your school").click()
    page.get_by_role("option", name="Hartsbourne Primary School").click()
    ask(page, CONCERN)
    _take(page, f"concern-{name}")
    ask(page, "what is the capital of france?")
    _take(page, f"abstained-{name}")


def _take(page: Page, name: str) -> None:
    page.wait_for_timeout(500)
    page.screenshot(path=Path(FOLDER / f"{name}.png"))


if __name__ == "__main__":
    main(sys.argv[1])
