"""What commands start from: the store of the settings, and how far a long step has come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assistant.settings import load_settings

if TYPE_CHECKING:
    from index.store import Step, Store


def open_store() -> Store:
    """The store in the data directory of the settings; its model is loaded when it is first needed."""
    from index.embedding import load_embedder
    from index.store import Store

    settings = load_settings(os.environ)
    return Store(
        settings.data_dir,
        load_embedder=lambda: load_embedder(settings.embedding_model, model_dir=settings.models),
    )


@contextmanager
def progress() -> Iterator[Step]:
    """Progress bars on a terminal; nothing where output is piped."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

        def step(description: str, total: int) -> Callable[[int], None]:
            task = progress.add_task(description, total=total)
            return lambda done: progress.advance(task, done)

        yield step
