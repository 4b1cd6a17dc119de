"""Procedures that are told whole: when they are asked for, and which duties belong to them."""

from __future__ import annotations

import pytest

from assistant.answering import Assistant
from assistant.models import Outcome, Question
from assistant.procedures import Asked, procedures, step_ids, steps
from assistant.understanding import understand
from corpus.library import shipped_documents
from corpus.models import Stage
from corpus.tags import GROUPS
from index.vocabulary import load_vocabulary

CLAUSES = {clause.id: clause for document in shipped_documents() for clause in document.clauses}
GUIDANCE, POLICY = "dfe-exclusion-2024-08/", "cwsw/suspensions-and-exclusion/"
NEXT = (Stage.DECISION, Stage.DURING, Stage.AFTER)


def asked(question: str) -> Asked | None:
    return understand(question, vocabulary=load_vocabulary()).procedure


def duties(question: str) -> list[str]:
    read = understand(question, vocabulary=load_vocabulary())
    assert read.procedure is not None
    return [clause.id for clause in steps(read.procedure, read.text, read.groups, CLAUSES)]


@pytest.mark.parametrize("procedure", procedures())
def test_every_step_is_a_clause_of_the_corpus(procedure: str) -> None:
    ids = step_ids(procedure)
    assert len(ids) == len(set(ids)) >= 5
    assert set(ids) <= CLAUSES.keys()
    whole = Asked(procedure, (), "", "", 7)
    text = "behaviour, turned up, concern, ehcp, no ehcp, again, exam, sexual, meeting, not reinstated, locked room"
    due = {clause.id for clause in steps(whole, text, tuple(GROUPS), CLAUSES)}
    assert len(due) >= 0.7 * len(ids)  # what is left are the other numbers of days, and those that exclude each other


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what must I do before suspending a CLA pupil?", Asked("exclusion", (Stage.BEFORE,), "", "suspension", 0)),
        (
            "Yr 9 boy who is looked after threw a chair. Head wants to suspend for 3 days. What do I have to do first?",
            Asked("exclusion", (Stage.BEFORE,), "", "suspension", 3),
        ),
        ("Head has permanently excluded a year 10. What next?", Asked("exclusion", NEXT, "", "permanent", 0)),
        ("kid on cp plan suspended this am for two days, now what", Asked("exclusion", NEXT, "", "suspension", 2)),
        ("y8 excluded for 6 days yesterday, what do we do now", Asked("exclusion", NEXT, "", "suspension", 6)),
        (
            "The head has cancelled the suspension of a child looked after. What steps follow?",
            Asked("cancelled exclusion", (), "", "", 0, by_stage=False),
        ),
        ("suspending a PLA checklist", Asked("exclusion", (), "", "suspension", 0)),
        ("suspending a lac what to do b4 during and after", Asked("exclusion", (), "", "suspension", 0)),
        (
            "checklist for coming back from suspension, pupil with social worker",
            Asked("exclusion", (Stage.AFTER,), "back", "suspension", 0),
        ),
        (
            "He was permanently excluded on Monday and the governors meet next week. What must be arranged?",
            Asked("exclusion", (Stage.AFTER,), "governors", "permanent", 0),
        ),
        (
            "list of everything we must do on the day the head suspends a CLA",
            Asked("exclusion", (Stage.DECISION,), "", "suspension", 0),
        ),
        ("had to restrain a boy today, what do we do now", Asked("restraint", (), "", "", 0)),
        ("kid on cin plan got 3 days today for swearing. whats next??", Asked("exclusion", (), "", "suspension", 3)),
        (
            "CLA has had 4 days out this term. Head wants 3 more from Monday, what must we do?",
            Asked("exclusion", (Stage.BEFORE,), "", "suspension", 7),
        ),
        (
            "cp plan lad suspended for 3 days, list everything for while he's out and when he comes back",
            Asked("exclusion", (Stage.DURING, Stage.AFTER), "back", "suspension", 3),
        ),
    ],
)
def test_a_procedure_is_asked_for_whole_however_the_case_is_told(question: str, expected: Asked) -> None:
    assert asked(question) == expected


@pytest.mark.parametrize(
    ("question", "procedure"),
    [
        ("new foster kid starts monday, what do we need to do", "joining"),
        ("child on a CP plan coming from another school, checklist", "joining"),
        ("CLA moving to a school in Watford. What are our duties?", "leaving"),
        (
            "PEP meeting next week for a girl who has been suspended, what do I need to arrange?",
            "personal education plan",
        ),
        ("cla not in today and no call from home, what do we do", "absence"),
        ("looked after y10 going to alternative provision. steps?", "alternative provision"),
        ("half days for a child in need, what do we have to do?", "part-time timetable"),
        ("mum of a cin lad wants to teach him at home. what next", "elective home education"),
        ("staff had to hold a looked after child, what do we do now", "restraint"),
    ],
)
def test_each_procedure_is_asked_for_by_what_happens(question: str, procedure: str) -> None:
    found = asked(question)
    assert found is not None
    assert (found.procedure, found.beside) == (procedure, False)


@pytest.mark.parametrize(
    "question",
    [
        "when we suspend a CLA, what must the letter contain and who else must hear of it?",
        "pep for a new foster child: how soon, and who leads it?",
        "what do we need to put in writing to parents when a child in need is suspended",
    ],
)
def test_where_a_case_is_asked_something_narrower_its_duties_stand_beside(question: str) -> None:
    found = asked(question)
    assert found is not None
    assert found.beside


@pytest.mark.parametrize(
    "question",
    [
        "who tells the virtual school when a CLA is suspended?",
        "what work must be set for a suspended pupil?",
        "what can we do instead of suspending a pupil?",
        "a teacher is suspended, what do we do now?",
        "how many days can a pupil be suspended for?",
        "what must I do before a school trip?",
        "how much notice do parents get of a 5 day trip?",
        "what do we do when a pupil with no social worker moves school?",
    ],
)
def test_what_asks_for_less_or_of_another_matter_is_no_procedure(question: str) -> None:
    assert asked(question) is None


def test_duties_are_those_of_the_pupils_and_the_days_asked_about() -> None:
    looked_after = duties("LAC boy to be suspended for 4 days, walk me through before, during and after")
    assert {f"{GUIDANCE}60", f"{GUIDANCE}78", f"{GUIDANCE}63", f"{GUIDANCE}106", f"{POLICY}3"} <= set(looked_after)
    assert not {f"{GUIDANCE}{number}" for number in ("62", "89", "101", "100", "11-2", "57")} & set(looked_after)
    longer = duties("child in need suspended for 8 days yesterday, what next?")
    assert {f"{GUIDANCE}{number}" for number in ("81-2", "89", "101", "104")} <= set(longer)
    assert not {f"{GUIDANCE}60", f"{GUIDANCE}106", f"{POLICY}3"} & set(longer)
    none_named = duties("whole process for suspending a pupil")
    assert not {f"{GUIDANCE}59", f"{GUIDANCE}60", f"{GUIDANCE}62"} & set(none_named)


def test_who_asks_what_comes_before_is_told_what_presses_on_the_decision_as_well() -> None:
    told = duties("what must I do before suspending a CLA pupil?")
    assert told.index(f"{GUIDANCE}60") < told.index(f"{GUIDANCE}78")
    assert f"{GUIDANCE}27" not in told


@pytest.mark.integration
def test_a_case_told_by_a_lead_is_answered_with_every_duty_in_order(assistant: Assistant) -> None:
    case = "Head has permanently excluded a year 10 in care. What next?"
    answer = assistant.answer(Question(turns=(case,), role="DSL"))
    assert answer.outcome is Outcome.ANSWERED
    cited = [citation.clause_id for citation in answer.citations]
    due = {f"{GUIDANCE}{number}" for number in ("78", "63", "83", "81", "94", "90", "100", "104")}
    assert due <= set(cited)
    assert cited[0] == f"{GUIDANCE}78"
    assert not {f"{GUIDANCE}60", f"{POLICY}6", f"{POLICY}10"} & set(cited)  # it is too late for these
    assert [s.citations for s in answer.statements] == [(n,) for n in range(1, len(cited) + 1)]


@pytest.mark.integration
@pytest.mark.parametrize(
    "question",
    [
        "head wants to send a lad with a social worker home for the afternoon off the record",
        "can the head send him home without recording it",
        "can we send a looked after child home to cool off?",
    ],
)
def test_what_is_unlawful_is_said_first(assistant: Assistant, question: str) -> None:
    answer = assistant.answer(Question(turns=(question,)))
    assert answer.citations[0].clause_id == f"{GUIDANCE}20"
    assert f"{GUIDANCE}20-6" in {citation.clause_id for citation in answer.citations}


@pytest.mark.integration
def test_what_was_asked_goes_before_the_duties_beside_it(assistant: Assistant) -> None:
    question = "child in need suspended: what must the letter to parents contain, and in what ways may it be sent?"
    answer = assistant.answer(Question(turns=(question,)))
    cited = {citation.n: citation.clause_id for citation in answer.citations}
    said = [cited[n] for statement in answer.statements if not statement.see_also for n in statement.citations]
    beside = [cited[n] for statement in answer.statements if statement.see_also for n in statement.citations]
    assert said[0].startswith(GUIDANCE)
    assert f"{GUIDANCE}78" in beside  # that the social worker is to be notified was not asked
    assert len(cited) <= 14


@pytest.mark.integration
def test_a_checklist_is_not_refused(assistant: Assistant) -> None:
    answer = assistant.answer(Question(turns=("suspending a PLA checklist",)))
    assert answer.outcome is Outcome.ANSWERED
    assert {f"{GUIDANCE}62", f"{GUIDANCE}63", f"{GUIDANCE}27"} <= {c.clause_id for c in answer.citations}


@pytest.mark.integration
@pytest.mark.parametrize(
    "question", ["what do I do if my pay is suspended", "what do we do about the suspended ceiling"]
)
def test_another_thing_that_is_suspended_is_no_exclusion(assistant: Assistant, question: str) -> None:
    assert assistant.answer(Question(turns=(question,))).outcome is Outcome.ABSTAINED
