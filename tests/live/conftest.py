"""A real `assistant serve` over the real index, and Debian's Chromium to look at it with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from index.store import Store
from tests.conftest import MODELS, REPOSITORY

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ASSISTANT = [sys.executable, "-c", "from assistant.cli import main; main()"]
_MISSING = "Debian's Chromium is missing; install it: apt-get install -y chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These are integration tests; those that need a browser are skipped with the reason, and in CI they fail."""
    here = Path(__file__).parent
    for item in items:
        if here not in item.path.parents:
            continue
        item.add_marker(pytest.mark.integration)
        if CHROMIUM is None and "page" in getattr(item, "fixturenames", ()) and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason=_MISSING))


@dataclass(frozen=True)
class Server:
    """A running server. address: without a slash at the end."""

    address: str
    data_dir: Path

    def assistant(self, *arguments: str) -> str:
        """Run a command on the server's data directory, as somebody at the machine would."""
        command = [*ASSISTANT, *arguments]
        done = subprocess.run(
            command, env=environment(self.data_dir), cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def environment(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    paths = {"ASSISTANT_DATA_DIR": str(data_dir), "ASSISTANT_MODEL_DIR": str(MODELS), "PYTHONPATH": str(REPOSITORY)}
    return {**kept, **paths, "HF_HUB_OFFLINE": "1"}


@contextmanager
def serving(data_dir: Path) -> Iterator[Server]:
    """`assistant serve` on a free port, stopped at the end."""
    said = data_dir.parent / "serve.log"
    command = [*ASSISTANT, "serve", "--port", "0", "--no-browser"]
    with (
        said.open("w") as log,
        subprocess.Popen(command, env=environment(data_dir), cwd=REPOSITORY, stdout=log, stderr=log) as process,
    ):
        try:
            deadline = time.monotonic() + 60
            while (found := re.search(r"The assistant is at (http://\S+)", said.read_text())) is None:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"the server did not start: {said.read_text()}")
                time.sleep(0.1)
            yield Server(found[1], data_dir)
            assert "Traceback" not in said.read_text()
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def own_server(real_store: Store, tmp_path: Path) -> Iterator[Server]:
    """A server whose data directory is the test's own."""
    shutil.copytree(real_store.data_dir, tmp_path / "data", ignore=shutil.ignore_patterns("*.lock"))
    with serving(tmp_path / "data") as server:
        yield server


@pytest.fixture(scope="session")
def server(real_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that add no document."""
    data_dir = tmp_path_factory.mktemp("live") / "data"
    shutil.copytree(real_store.data_dir, data_dir, ignore=shutil.ignore_patterns("*.lock"))
    with serving(data_dir) as running:
        yield running


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.fail(_MISSING)
    quiet = (
        "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --disable-dev-shm-usage"
    )
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet.split()}


@pytest.fixture
def look(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens pages, and fails the test on a request to another host, a console error, a dialog or a page error."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(path: str = "/", *, address: str = server.address, **options: Any) -> Page:
        context = browser.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 900}, **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        contexts.append(context)
        context.on("page", lambda page: watch(page, address, wrong))
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


def watch(page: Page, address: str, wrong: list[str]) -> None:
    """Note what no page of ours may do."""
    own = (address, "data:", "about:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else wrong.append(f"to {request.url}"))
    page.on("console", lambda said: wrong.append(f"console: {said.text}") if _is_error(said) else None)
    page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))


def _is_error(said: ConsoleMessage) -> bool:
    """The browser's own line on a refused reason (422) is no error of the page."""
    return said.type == "error" and "status of 422" not in said.text


def ask(page: Page, question: str) -> None:
    """Type a question and wait for the whole answer."""
    before = page.locator(".answer.done").count()
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")
    page.locator(".answer.done").nth(before).wait_for()
