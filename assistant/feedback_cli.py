"""`assistant feedback ...`: what users of the chat said of its answers."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.errors import BadQuestionError

if TYPE_CHECKING:
    from assistant.feedback import FeedbackStore, Thumb

feedback_app = typer.Typer(no_args_is_help=True, help="What users of the chat said of its answers.")
_Only = Annotated[str | None, typer.Option("--thumb", help="Only up or only down.")]


@feedback_app.command("list")
def feedback_list(thumb: _Only = None) -> None:
    """List the feedback, oldest first: number, day, thumb, question, reason."""
    found = _store().all(thumb=_thumb(thumb))
    if not found:
        typer.echo("No feedback yet.")
    for item in found:
        reason = f"  ({item.reason})" if item.reason else ""
        typer.echo(f"{item.id}  {item.day}  {item.thumb:4}  {' / '.join(item.turns)}{reason}")


@feedback_app.command("export")
def feedback_export(thumb: _Only = None) -> None:
    """Print the feedback as candidates for gold questions, a JSON object a line, to be checked by a person."""
    from assistant.feedback import gold_candidates

    for candidate in gold_candidates(_store().all(thumb=_thumb(thumb))):
        typer.echo(json.dumps(candidate, ensure_ascii=False))


def _store() -> FeedbackStore:
    from assistant.feedback import FeedbackStore
    from assistant.settings import load_settings

    return FeedbackStore(load_settings(os.environ).data_dir)


def _thumb(text: str | None) -> Thumb | None:
    known: dict[str | None, Thumb | None] = {None: None, "up": "up", "down": "down"}
    if text not in known:
        raise BadQuestionError(f"--thumb {text!r} is unknown; it may be up or down")
    return known[text]
