"""What a question asks: its kind, pupils, role, school and stage, read without a language model."""

from __future__ import annotations

import pytest

from assistant.understanding import Intent, Understanding, role_named, school_named, schools_named, understand
from corpus.models import Stage
from index.vocabulary import load_vocabulary


def understood(text: str, *, school: str | None = None, role: str | None = None) -> Understanding:
    return understand(text, vocabulary=load_vocabulary(), school=school, role=role)


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("who is the designated teacher at hartsbourne", Intent.WHO),
        ("by when must the social worker be told", Intent.WHEN),
        ("how often is a PEP reviewed", Intent.HOW_OFTEN),
        ("how many days can a pupil be suspended for", Intent.AMOUNT),
        ("may I suspend a CLA pupil for five days", Intent.MAY),
        ("what must I do before suspending a CLA pupil?", Intent.PROCEDURE),
        ("what does PLA mean", Intent.DEFINITION),
        ("list the methods to avoid exclusion", Intent.LIST),
        ("why do we avoid excluding looked after children", Intent.WHY),
        ("pla and send kids", Intent.GENERAL),
    ],
)
def test_the_kind_of_thing_asked_for(question: str, intent: Intent) -> None:
    assert understood(question).intent is intent


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        ("suspending a lac pupil", ("CLA",)),
        ("pla and send kids", ("PLA", "SEND")),
        ("a child in need", ("CSW",)),
        ("who reviews the policy", ()),
    ],
)
def test_which_pupils(question: str, groups: tuple[str, ...]) -> None:
    assert set(understood(question).groups) == set(groups)


@pytest.mark.parametrize(
    ("question", "stages"),
    [
        ("what must I do before suspending a CLA pupil?", {Stage.BEFORE}),
        ("what happens after a suspension", {Stage.AFTER}),
        ("who is told, by when", {Stage.DECISION}),
        ("the pep of a looked after child", set()),  # no stage: it is what the pupils are called
        ("the pep of a previously looked-after child", set()),
        ("who leads for children looked after, before a suspension", {Stage.BEFORE}),
        ("what happens to a looked after child after a suspension", {Stage.AFTER}),
    ],
)
def test_which_stage(question: str, stages: set[Stage]) -> None:
    assert set(understood(question).stages) == stages


def test_who_is_asked_about_and_where() -> None:
    asked = understood("I'm the SENCO at Little Reddings, what must I do?", school="Hartsbourne", role="DSL")
    assert asked.roles == ("SENCO",)
    assert asked.school == "Little Reddings Primary School"  # the one named goes before the one given
    assert asked.asker_role == "DSL"
    assert understood("who is the DSL", school="Hartsbourne").school == "Hartsbourne Primary School"
    assert (school_named("Watford Grammar"), role_named("caretaker")) == (None, None)


def test_the_one_secondary_school_needs_no_name() -> None:
    assert schools_named("and at the secondary?") == ("Bushey Meads School",)
    assert schools_named("what do secondary schools have to publish") == ()


@pytest.mark.parametrize("text", ["need the cla governors for bushey n LR", "dsl at meads and at hartsbourne"])
def test_asked_about_two_schools_it_is_answered_for_all(text: str) -> None:
    assert len(schools_named(text)) == 2
    assert understood(text, school="Hartsbourne").school is None


@pytest.mark.parametrize("text", ["who chairs Bushey St James Trust", "the bushey schools"])
def test_the_trusts_name_is_no_schools(text: str) -> None:
    assert schools_named(text) == ()
