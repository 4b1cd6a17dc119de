"""Live concerns: what sets the alarm off, what does not, and what the reply says."""

from __future__ import annotations

import re

import pytest

from assistant.answering import Assistant
from assistant.models import Outcome, Question
from assistant.safety import (
    About,
    Concern,
    act_now,
    clauses_about_staff,
    clauses_of_any_concern,
    concern_score,
    may_be_about,
)
from assistant.turns import Turns
from index.search import Searcher

LIVE = (
    "a girl in my form has just told me her step dad hits her",
    "he is begging me not to send him home",
    "y5 boy, belt marks on his back, dsl not in",
    "she says she doesn't want to be alive any more",
    "one of mine has been hiding food from the bins all week",
    "dad is at the gate drunk and wants to take the twins",
    "the DSL isnt in today and ive got a disclosure, what do i do",
    "disclosure. yr 8. wot now",
    # In the middle of something else.
    "CP plan child has come in with a burn and two different stories from mum. Does the suspension paperwork wait?",
    "Foster child has not come home last night and carers only just rang. Which code - and what else?",
    # Asked as if of the rules, and about a child at risk.
    "does the behaviour policy cover a six year old doing sex noises on top of other kids, he says it's dad's game",
    "if a child in my class has just told me her dad hits her and she is scared to go home, who do I tell",
)
ORDINARY = (
    "what does the policy say about self-harm?",
    "what are the signs of neglect",
    "who is the DSL at Hartsbourne",
    "what must I do before suspending a CLA pupil?",
    "how often is a PEP reviewed",
    "if a child tells me something, can I keep it secret?",
    "what must staff do if a child tells them that a parent hits them?",
    "which training covers child protection",
    "what is the weather today",
    "Where do I park in the mornings?",
    "what happens after a disclosure",
    "how do I record a disclosure",
)


@pytest.mark.integration
@pytest.mark.parametrize("message", LIVE)
def test_a_live_concern_comes_first(assistant: Assistant, message: str) -> None:
    answer = assistant.answer(Question(turns=(message,)))
    assert answer.outcome is Outcome.ESCALATED
    assert answer.answer.startswith("**Act now**")
    assert answer.answer.index("999") < answer.answer.index("children's services")
    assert answer.notices[0].kind == "act-now"


@pytest.mark.integration
@pytest.mark.parametrize("message", ORDINARY)
def test_an_ordinary_question_is_no_alarm(assistant: Assistant, message: str) -> None:
    assert assistant.answer(Question(turns=(message,))).outcome is not Outcome.ESCALATED


@pytest.mark.integration
def test_the_named_dsl_of_the_school_is_told(assistant: Assistant) -> None:
    question = Question(turns=(LIVE[0],), school="Bushey Meads School")
    assert "Olivia de Groot" in assistant.answer(question).answer


def test_the_lead_is_not_told_to_speak_to_the_lead() -> None:
    steps = act_now(asked_by_lead=True)[1]
    assert "999" in steps[0]
    assert not any(re.search(r"[Ss]peak to your|give it to the DSL", step) for step in steps)
    assert len(steps) == len(act_now()[1])


LEADS = ("Olivia de Groot", "Rebecca Tregear")


@pytest.mark.parametrize(
    ("message", "about"),
    [
        ("a child told me the headteacher hit her", About.LEAD),
        ("the DSL is the one I'm worried about, he was alone with a pupil", About.LEAD),
        ("a pupil says the deputy head touched her leg", About.LEAD),
        ("I saw Mrs Tregear slap a pupil", About.LEAD),
        ("allegation against a TA that she slapped a pupil", About.STAFF),
        ("she says sir messages her at night", About.STAFF),
        ("he's frightened of the caretaker", About.STAFF),
        # Who was told, or is away, is not whom it is about.
        ("she told the TA her dad hit her", About.NO_STAFF),
        ("told the DSL she was scared of dad", About.NO_STAFF),
        ("dsl is off, girl says dad hits her", About.NO_STAFF),
        ("he hit his head off the wall, dad did it", About.NO_STAFF),
        ("a girl in my form has just told me her step dad hits her", About.NO_STAFF),
        ("I don't really want to tell the head, she is friends with her", About.LEAD),
        ("the ta grabbed him, shes best friends with the headteacher", About.LEAD),
        ("cant get hold of the dsl, do i tell the head", About.NO_STAFF),
        ("he doesn't want to tell the head who hit him", About.NO_STAFF),
    ],
)
def test_whom_a_concern_may_be_about(message: str, about: About) -> None:
    assert may_be_about(message, leads=LEADS) is about


@pytest.mark.integration
@pytest.mark.parametrize("school", [None, "Hartsbourne Primary School"])
@pytest.mark.parametrize("role", [None, "DSL"])
def test_nobody_is_sent_to_who_is_accused(assistant: Assistant, school: str | None, role: str | None) -> None:
    message = "a child told me just now that the headteacher hit her"
    answer = assistant.answer(Question(turns=(message,), school=school, role=role))
    assert answer.outcome is Outcome.ESCALATED
    assert "Tregear" not in answer.answer
    assert "give it to the DSL" not in answer.answer
    assert "the person it is about" in answer.answer or "that person about it" in answer.answer
    about = list(clauses_about_staff())
    assert [c.clause_id for c in answer.citations][: len(about)] == about


@pytest.mark.integration
def test_who_leads_is_named_where_another_colleague_is_accused(assistant: Assistant) -> None:
    question = Question(turns=("I just saw the TA slap a boy, he's crying",), school="Hartsbourne Primary School")
    answer = assistant.answer(question).answer
    assert "Rebecca Tregear" in answer
    assert "If it is about a member of staff" in answer


@pytest.mark.integration
def test_below_the_steps_stands_no_rule_of_another_matter(assistant: Assistant) -> None:
    turns = (
        "a pupil told me her uncle touches her",
        "ok told the DSL. what should I write down?",
        "do I tell her mum?",
    )
    for told in (turns, ("a Y7 in care has not come back after lunch, foster carer says she isnt home either",)):
        text = " ".join(citation.text for citation in assistant.answer(Question(turns=told)).citations)
        assert not re.search(r"suspen|exclu|removal|reintegrat", text)


@pytest.mark.integration
def test_below_the_steps_stand_the_lead_and_what_holds_for_any_concern_in_reading_order(assistant: Assistant) -> None:
    answer = assistant.answer(Question(turns=(LIVE[0],), role="DSL"))
    assert "act on it yourself now" in answer.notices[0].text
    ids = [citation.clause_id for citation in answer.citations]
    assert ids == ["cwsw/name-of-the-designated-safeguarding-lead/list", *clauses_of_any_concern()]
    marks = re.findall(r"\[(\d)\]", answer.answer)
    assert marks == sorted(marks)


@pytest.mark.integration
@pytest.mark.parametrize(
    "message",
    [
        "y10 cla seen getting in a car with a man in his 30s outside the gates 5 mins ago",
        "our foster kid in y4 just told me her stepdad hits her with a belt, what do i do",
    ],
)
def test_a_report_is_followed_by_nothing_about_other_matters(assistant: Assistant, message: str) -> None:
    answer = assistant.answer(Question(turns=(message,)))
    assert answer.outcome is Outcome.ESCALATED
    assert not {citation.document_id for citation in answer.citations} - {"cwsw", "dfe-kcsie-2025"}


def test_the_reply_never_claims_to_have_told_anyone() -> None:
    title, steps, limits = act_now(dsl="")
    assert title == "Act now"
    assert "has told nobody" in limits
    assert not any("notified" in step or "has been sent" in step for step in steps)


@pytest.mark.integration
@pytest.mark.parametrize("message", LIVE)
def test_an_index_of_another_embedder_makes_no_concern_less_live(searcher: Searcher, message: str) -> None:
    assert Assistant(searcher).answer(Question(turns=(message,))).outcome is Outcome.ESCALATED


def concern_of(searcher: Searcher, *turns: str) -> Concern:
    return Turns(turns, searcher).concern()


@pytest.mark.parametrize(
    "turns",
    [
        ("is there a meeting before home ed", "before or after mum makes up her mind?"),
        ("10.5 days this term now, do govs meet", "dad did write in. a very long letter"),
        ("is it ok to ring dad in prison re pep", "dad says theres a phone queue on the wing, wants us to post it"),
    ],
)
def test_what_goes_on_from_an_ordinary_matter_is_no_alarm(assistant: Assistant, turns: tuple[str, ...]) -> None:
    assert concern_of(assistant.searcher, turns[-1]) is Concern.LIVE, "by itself it seems to report a concern"
    assert concern_of(assistant.searcher, *turns) is Concern.POSSIBLE
    assert assistant.answer(Question(turns=turns)).notices[0].kind == "if-live"


@pytest.mark.parametrize(
    "turns",
    [
        ("detention after school ok?", "he wont go home, hes crying"),
        ("who has to be at a PEP meeting", "theres a mark on his neck, looks like fingers"),
        ("sanctions for truancy", "shes just told me its her stepdad he's scared of too"),
    ],
)
def test_no_ordinary_matter_allays_what_surely_reports_a_concern(assistant: Assistant, turns: tuple[str, ...]) -> None:
    assert concern_of(assistant.searcher, *turns) is Concern.LIVE


@pytest.mark.parametrize(
    ("message", "live"),
    [
        ("Head is bullying a child. who do i go to", True),
        ("our TA keeps shoving the kids", True),
        ("what happens if a teacher is bullying a child, what does the policy say", False),
        ("year 9 is bullying a child online, which sanction", False),
    ],
)
def test_a_colleague_who_harms_a_child_is_a_concern_by_its_words(message: str, live: bool) -> None:
    assert (concern_score(message) >= 5.0) is live
