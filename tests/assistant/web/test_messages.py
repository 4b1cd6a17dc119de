"""Answers prepared for the chat, print and Word: nothing lost, nothing added, urgent things first."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from selectolax.lexbor import LexborHTMLParser

from assistant.answering import Assistant
from assistant.chat.messages import answered, spoken, waiting
from assistant.chat.people import NOT_SURE, ROLES, role_of, school_choices, school_of
from assistant.kept import KeptAnswer, KeptAnswers
from assistant.layers import LAYERS, STAGES
from assistant.models import Answer, Outcome, Question, Statement
from assistant.pages.about import read_report
from assistant.pages.answers import act_now, chip_address, layers, printed
from assistant.questions import check_question
from assistant.references import answer_as_text
from assistant.understanding import role_named
from assistant.word import as_word
from corpus.models import Stage
from tests.assistant.web.conftest import TODAY

BASE = "http://127.0.0.1:7860/"
QUESTIONS = (
    "what must I do before suspending a CLA pupil?",
    "who is the DSL at Hartsbourne?",
    "how often is a PEP reviewed?",
    "a girl in yr 5 just told me her uncle hurts her",
    "what is the capital of france?",
    "hello",
)


def kept_answer(assistant: Assistant, text: str, *, school: str | None = None) -> KeptAnswer:
    question = Question(turns=(text,), school=school)
    return KeptAnswers().keep(question, assistant.answer(question), fingerprint="0" * 16, on=TODAY)


def test_every_stage_of_a_clause_has_a_name() -> None:
    assert set(STAGES) == {stage.value for stage in Stage}


@pytest.mark.parametrize("layer", LAYERS)
def test_what_stands_beside_the_answer_says_how_far_it_binds(layer: str) -> None:
    told = Statement(text="It stands.", citations=(1,), layer=layer, stage="always", see_also=True)
    (shown,) = layers(Answer(id=None, question="?", outcome=Outcome.ANSWERED, answer="", statements=(told,)))
    assert shown.see_also
    assert shown.title.startswith("See also: ")
    assert shown.title.casefold().endswith(LAYERS[layer].casefold())


@pytest.mark.integration
@pytest.mark.parametrize("text", QUESTIONS)
def test_every_statement_is_shown_once_in_every_form(assistant: Assistant, text: str) -> None:
    kept = kept_answer(assistant, text)
    told = [point.text for layer in layers(kept.answer) for stage in layer.stages for point in stage.points]
    assert told == [statement.text for statement in kept.answer.statements]
    *_, last = answered(kept)
    body = LexborHTMLParser(last["content"]).body
    assert body is not None
    shown = words(body.text())
    paragraphs = words("\n".join(p.text for p in docx.Document(io.BytesIO(as_word(kept, base_url=BASE))).paragraphs))
    copied = words(answer_as_text(kept.answer, base_url=BASE))
    for statement in kept.answer.statements:
        for line in statement.text.split("\n"):
            bare = words(line.strip().removeprefix("- "))
            assert bare in shown, "chat"
            assert bare in paragraphs, "word"
            assert bare in copied, "copy"
    for citation in kept.answer.citations:
        assert citation.edition in paragraphs
        assert citation.clause_id in paragraphs
        assert citation.clause_id in copied
    for notice in kept.answer.notices:
        assert words(notice.text) in copied or notice.kind in {"act-now", "not-answered"}


@pytest.mark.integration
def test_an_answer_grows_layer_by_layer(assistant: Assistant) -> None:
    kept = kept_answer(assistant, QUESTIONS[0])
    messages = [message["content"] for message in answered(kept)]
    counts = [message.count('<section class="layer') for message in messages]
    total = len(layers(kept.answer))
    assert counts == [*range(1, total + 1), total]
    assert [" done" in message[:120] for message in messages] == [False] * total + [True]
    assert all("\n" not in message for message in messages)


@pytest.mark.integration
def test_a_live_concern_opens_every_part_with_what_to_do(assistant: Assistant) -> None:
    kept = kept_answer(assistant, QUESTIONS[3], school="Bushey Meads School")
    steps = act_now(kept.answer)
    assert steps is not None
    assert "999" in steps.steps[0]
    assert "Olivia de Groot" in steps.steps[1]
    assert "told nobody" in steps.limits
    assert len(steps.steps) == 5
    for message in answered(kept):
        assert message["content"].index("Act now") < message["content"].index("<section")
    assert spoken(kept.answer).startswith("Act now. If anyone is in immediate danger, call 999 now.")
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(as_word(kept, base_url=BASE))).paragraphs)
    assert text.index("999") < text.index("References")


@pytest.mark.integration
def test_an_abstention_is_told_as_one(assistant: Assistant) -> None:
    kept = kept_answer(assistant, QUESTIONS[4])
    assert kept.answer.outcome is Outcome.ABSTAINED
    assert layers(kept.answer) == []
    assert spoken(kept.answer).startswith("No answer found.")
    told = printed(kept, base_url=BASE)
    assert told.references == []
    assert len(told.nearest) == len(kept.answer.nearest) > 0
    assert act_now(kept.answer) is None


@pytest.mark.integration
def test_a_name_is_told_with_its_heading(assistant: Assistant) -> None:
    kept = kept_answer(assistant, "who is the DSL at Hartsbourne?")
    point = layers(kept.answer)[0].stages[0].points[0]
    assert point.text.startswith("Hartsbourne Primary School:")
    assert point.context.startswith("Name of the Designated Safeguarding Lead")


@pytest.mark.integration
def test_a_chip_leads_to_the_clause_with_its_quote(assistant: Assistant) -> None:
    for citation in kept_answer(assistant, QUESTIONS[0]).answer.citations:
        assert chip_address(citation).startswith(f"/clause/{citation.clause_id}?")
        part = citation.model_copy(update={"quote": "must, & without"})
        assert chip_address(part).endswith("?words=must%2C+%26+without")


def test_what_stands_in_while_searching_is_no_answer() -> None:
    assert "done" not in waiting()["content"]


def test_roles_and_schools_of_the_pickers_are_known_to_the_assistant() -> None:
    for role in ROLES:
        assert role.name is None or role_named(role.name) == role.name
        assert 3 <= len(set(role.examples)) <= 6
        for example in role.examples:
            assert check_question(example) == example
    assert school_choices()[-1] == NOT_SURE
    assert len(school_choices()) == 4
    for forged in ("Hogwarts", "", None, "<b>"):
        assert school_of(forged) is None
        assert role_of(forged) is ROLES[0]


@pytest.mark.integration
def test_no_example_is_turned_away(assistant: Assistant) -> None:
    outcomes = {
        example: assistant.answer(Question(turns=(example,), role=role.name)).outcome
        for role in ROLES
        for example in role.examples
    }
    assert {example for example, outcome in outcomes.items() if outcome is not Outcome.ANSWERED} == set()


def test_a_report_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "latest-test.json"
    assert read_report(path) is None
    path.write_text("{}")
    assert read_report(path) is None
    path.write_text(
        '{"split": "test", "date": "2026-11-23", "embedder": "e", "questions": "2", '
        '"figures": {"facts stated": {"value": 0.5, "low": 0.25, "high": 0.75, "n": 4}}}'
    )
    report = read_report(path)
    assert report is not None
    assert (report.figures[0].value, report.figures[0].interval) == ("50%", "25% to 75%")


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_whatever_goes_wrong_nobody_is_left_waiting() -> None:
    code = """
import asyncio, json
from assistant.chat.page import Chat
from index.errors import IndexNotBuiltError

class Broken:
    def __init__(self, error): self.error = error
    async def answer(self, question): raise self.error

async def last(error):
    async for parts in Chat(Broken(error)).ask("how often is a PEP reviewed?", None, None, [], []): pass
    return parts[1][-1]["content"], parts[3]

for error in (IndexNotBuiltError("run `assistant index build`"), RuntimeError("secret detail")):
    print(json.dumps(asyncio.run(last(error))))
"""
    # Gradio leaves event loops open, which this process would take for an error.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    unbuilt, unexpected = (json.loads(line) for line in done.stdout.splitlines())
    assert "assistant index build" in unbuilt[0]
    assert "Something went wrong here" in unexpected[0]
    assert "secret detail" not in unexpected[0]
    assert "secret detail" in done.stderr
    assert unbuilt[1] == unexpected[1] == []


def test_an_answer_comes_in_parts_unless_many_are_being_written() -> None:
    code = """
import asyncio, datetime
from assistant.chat.page import Chat
from assistant.kept import KeptAnswers
from assistant.models import Answer, Outcome, Question, Statement

told = [Statement(text=f"It is {layer}.", citations=(), layer=layer, stage="always") for layer in ("must", "should")]

class Slow:
    async def answer(self, question):
        await asyncio.sleep(0.2)
        answer = Answer(id=None, question=question.text, outcome=Outcome.ANSWERED, answer="", statements=tuple(told))
        return KeptAnswers().keep(question, answer, fingerprint="0", on=datetime.date(2026, 1, 1))

async def parts(chat):
    return [shown[1][-1]["content"] async for shown in chat.ask("how often is a PEP reviewed?", None, None, [], [])]

async def main():
    chat = Chat(Slow())
    (alone,) = await asyncio.gather(parts(chat))
    crowd = await asyncio.gather(*(parts(chat) for _ in range(8)))
    again = await parts(chat)
    assert all("It is must." in shown[-1] and "It is should." in shown[-1] for shown in [alone, *crowd, again])
    print(len(alone), max(map(len, crowd[:4])), len(again))

asyncio.run(main())
"""
    # Gradio leaves event loops open, which this process would take for an error.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    alone, crowded, again = map(int, done.stdout.split())
    assert alone == again > crowded == 2


def test_the_first_question_does_not_wait_for_a_plotting_library() -> None:
    code = """
import sys
import assistant.chat.page
from gradio.utils import MatplotlibBackendMananger
with MatplotlibBackendMananger(): pass
print("matplotlib" in sys.modules, "matplotlib.pyplot" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
