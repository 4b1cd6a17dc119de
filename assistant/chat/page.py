"""The Gradio page: pickers, examples, conversation, question box. Every event of it is private."""

from __future__ import annotations

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: no request may leave the machine
# Gradio asks matplotlib for its backend at every event; where none is named, the first question waits for pyplot.
os.environ.setdefault("MPLBACKEND", "agg")

import asyncio
import logging
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import gradio as gr

from assistant.api.models import MAX_TURNS
from assistant.api.problems import UNEXPECTED
from assistant.chat.messages import Message, answered, asked, refused, waiting
from assistant.chat.people import NOT_SURE, ROLES, role_labels, role_of, school_choices, school_of
from assistant.errors import BadQuestionError
from assistant.models import Question
from assistant.questions import MAX_QUESTION_CHARS, check_question
from assistant.running import Answering
from index.errors import EmbedderError, IndexStoreError

log = logging.getLogger(__name__)
TITLE = "Policy assistant, Bushey St James Trust"
_INTRO = (
    "# Ask about policy and guidance\n\nAnswers come word for word from the Trust's policy and official guidance, "
    "each with its clause. If a child is in immediate danger, call 999."
)
_PRIVACY = (
    "**Never type a pupil's name**: say “a pupil in Year 8”. "
    "A question is stored only if you rate its answer, and nothing about you."
)
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# The browser keeps the two choices; this is no secret, it only tells one application's values from another's.
_REMEMBERED: dict[str, Any] = {"storage_key": "policy-assistant-choices", "secret": "choices"}
# The question box, the conversation as shown and as kept, the questions so far, the examples, "New conversation".
Shown = tuple[Any, list[Message], list[Message], list[str], Any, Any]


_BETWEEN_PARTS = 0.06  # seconds: a browser would draw parts that come at once in one go
_BUSY = 4  # questions at once from which an answer comes whole: every part of it costs as much as the answer itself
# The examples and "New conversation": as they are; once there is a conversation. Each change has Gradio build anew
# what it changes, so that it is said only once.
_AS_BEFORE = (gr.skip(), gr.skip())
_TALKING = (gr.update(visible=False), gr.update(visible=True))


class Chat:
    """The handlers of the page's events. A conversation lives in its browser session; kept here is only how many
    questions are being answered."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._at_once = 0

    async def ask(
        self, text: str, school: str | None, role: str | None, shown: list[Message], turns: list[str]
    ) -> AsyncIterator[Shown]:
        """Answer in parts. shown, turns: the messages and questions of this conversation so far.

        Yields what the page shows from then on; the conversation is kept by the session, not read back from it.
        """
        if not (text or "").strip():
            yield gr.skip(), shown, shown, turns, *_AS_BEFORE
            return
        begun = _AS_BEFORE if shown else _TALKING
        try:
            question = check_question(text)
        except BadQuestionError as error:
            words = text if len(text) <= MAX_QUESTION_CHARS else f"{text[:200]} …"
            shown = [*shown, asked(words), refused(str(error))]
            yield gr.skip(), shown, shown, turns, *begun
            return
        shown = [*shown, asked(question)]
        yield "", [*shown, waiting()], shown, turns, *begun
        turns = [*turns, question][-MAX_TURNS:]
        self._at_once += 1
        try:
            kept = await self._answering.answer(
                Question(turns=tuple(turns), school=school_of(school), role=role_of(role).name)
            )
        except Exception as error:  # whatever it was, nobody is left waiting for an answer that does not come
            shown = [*shown, refused(_reason(error))]
            yield gr.skip(), shown, shown, turns[:-1], *_AS_BEFORE
            return
        finally:
            self._at_once -= 1
        parts = list(answered(kept))
        for part, message in enumerate(parts if self._at_once < _BUSY else parts[-1:]):
            await asyncio.sleep(_BETWEEN_PARTS if part else 0)
            yield gr.skip(), [*shown, message], [*shown, message], turns, *_AS_BEFORE

    async def example(
        self, text: str, school: str | None, role: str | None, shown: list[Message], turns: list[str]
    ) -> AsyncIterator[Shown]:
        """Ask an example: only one that is offered."""
        if any(text in role_.examples for role_ in ROLES):
            async for parts in self.ask(text, school, role, shown, turns):
                yield parts


def _reason(error: Exception) -> str:
    """What to tell a person of an error; one that is not meant for people goes to the log."""
    if isinstance(error, BadQuestionError | IndexStoreError | EmbedderError):
        return str(error)
    log.error("a question could not be answered", exc_info=error)
    return UNEXPECTED


def build_page(answering: Answering) -> gr.Blocks:
    """The page, to be mounted."""
    chat = Chat(answering)
    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        remembered = gr.BrowserState([NOT_SURE, NOT_SURE], **_REMEMBERED)
        turns = gr.State(list[str]())
        messages = gr.State(list[Message]())
        gr.Markdown(_INTRO, elem_id="intro")
        with gr.Row(elem_id="pickers"):
            picker = partial(gr.Dropdown, filterable=False, interactive=True, min_width=150)
            school = picker(school_choices(), value=NOT_SURE, label="Your school", elem_id="school")
            role = picker(role_labels(), value=NOT_SURE, label="Your role", elem_id="role")
        with gr.Column(elem_id="examples") as examples:
            gr.Markdown("## Questions to start with", elem_id="examples-title")
            buttons = [gr.Button(text, elem_classes="example", size="sm") for text in ROLES[0].examples]
        conversation = gr.Chatbot(
            label="Conversation",
            show_label=False,
            buttons=[],
            latex_delimiters=[],
            layout="panel",
            autoscroll=False,
            height="auto",
            elem_id="conversation",
            placeholder=" ",
        )
        new = gr.Button("New conversation", elem_id="new", size="sm", visible=False)
        with gr.Column(elem_id="composer"):
            with gr.Row(elem_id="ask-row"):
                box = gr.Textbox(
                    label="Your question",
                    placeholder="Type your question",
                    lines=1,
                    max_lines=6,
                    elem_id="question",
                    scale=5,
                )
                send = gr.Button("Ask", variant="primary", elem_id="send", scale=1, min_width=90)
            gr.Markdown(_PRIVACY, elem_id="privacy")
        given = [school, role, messages, turns]
        outputs = [box, conversation, messages, turns, examples, new]

        asking = partial(gr.on, outputs=outputs, concurrency_limit=None, **_PRIVATE)
        events = [asking([send.click, box.submit], chat.ask, inputs=[box, *given])]
        events += [asking(button.click, chat.example, inputs=[button, *given]) for button in buttons]
        new.click(
            lambda: ("", [], [], [], gr.update(visible=True), gr.update(visible=False)),
            None,
            outputs,
            cancels=events,
            concurrency_limit=None,
            **_PRIVATE,
        )
        role.change(lambda label: role_of(label).examples, role, buttons, **_PRIVATE)
        gr.on([school.input, role.input], lambda s, r: [s, r], [school, role], remembered, **_PRIVATE)
        page.load(_recalled, remembered, [school, role], **_PRIVATE)
    page.queue(default_concurrency_limit=None, api_open=False)
    return page


def _recalled(choices: Any) -> tuple[str, str]:
    """The choices that the browser remembers, where they still are choices."""
    school, role = choices if isinstance(choices, list) and len(choices) == 2 else (NOT_SURE, NOT_SURE)
    return (
        school if school in school_choices() else NOT_SURE,
        role if role in role_labels() else NOT_SURE,
    )
