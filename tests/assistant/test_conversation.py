"""A follow-up carries the topic; a question of its own does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.conversation import (
    is_elliptical,
    joined_with_all,
    names_others_only,
    only_tells,
    resolve,
    turns_to_other_pupils,
)
from assistant.understanding import schools_named
from index.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()


def resolved(*turns: str) -> str:
    return resolve(turns, vocabulary=VOCABULARY)


def words(text: str) -> set[str]:
    return set(text.lower().replace("?", "").replace(",", "").split())


@pytest.mark.parametrize(
    "turn",
    [
        "and at Hartsbourne?",
        "n bushey meads?",
        "what about PLA?",
        "how often?",
        "why?",
        "by whom?",
        "deputy?",
        "parents told?",
        "who does that at Hartsbourne?",
        "is that statutory yet?",
        "when do we take them off roll?",
        "I only work in the finance office. Same for me?",
        "if it's harassment instead?",
        "so when is the next one due?",
    ],
)
def test_an_elliptical_turn(turn: str) -> None:
    assert is_elliptical(turn, VOCABULARY)


@pytest.mark.parametrize(
    ("turn", "tells"),
    [
        ("hes on a cp plan btw", True),
        ("oh and it's his 6th day now", True),
        ("and he's LAC, placed by another authority", True),
        ("Sorry, should have said, she was adopted from care two years ago and lives with her new parents", True),
        ("mum says no", True),
        ("his social worker is on leave", True),
        ("is he allowed back?", False),
        ("he was suspended, who do I tell", False),
        ("and at Hartsbourne", False),
        ("pep deadlines", False),
        ("Who is the designated teacher?", False),
    ],
)
def test_a_turn_that_only_tells(turn: str, *, tells: bool) -> None:
    assert only_tells(turn) is tells


@pytest.mark.parametrize(
    ("turn", "nothing_else"),
    [
        ("And at Bushey Meads?", True),
        ("n hartsbourne", True),
        ("what about Little Reddings", True),
        ("and for PLA?", True),
        ("and for children on a child protection plan?", True),
        ("and the deputy at Bushey Meads?", False),
        ("whats her number", False),
        ("how often?", False),
    ],
)
def test_a_turn_that_names_others_only(turn: str, *, nothing_else: bool) -> None:
    assert names_others_only(turn, VOCABULARY) is nothing_else


def test_what_a_turn_goes_on_with_is_no_part_of_the_question() -> None:
    asked = "Who is the designated teacher at Hartsbourne?"
    assert resolved(asked, "And at Bushey Meads?") == "Who is the designated teacher at Bushey Meads?"
    assert resolved("how often is a PEP reviewed?", "what about for PLA") == "how often is a PEP reviewed for PLA?"
    assert resolved("what applies for the orchestra", "for?").endswith("for?")  # "or" within a word is none


def test_a_fact_however_long_belongs_to_the_case_before_it() -> None:
    fact = "sorry, should have said, she was adopted from care two years ago and lives with her new parents in Bushey"
    assert "suspend" in resolved("can we suspend a yr 8 for fighting", fact)


@pytest.mark.parametrize(
    "turn",
    [
        "Who is the designated teacher at Bushey Meads?",
        "Is there a named governor for looked-after children?",
        "Is it lawful to send a pupil home to cool off?",
        "For how long can a headteacher suspend a pupil?",
        "If a looked-after child is suspended, who must the school notify?",
        "What does the policy say that the governing body will monitor?",
        "How often must the designated safeguarding lead be trained?",
    ],
)
def test_a_question_of_its_own(turn: str) -> None:
    assert not is_elliptical(turn, VOCABULARY)
    assert resolved("Who gets pupil premium plus?", turn) == turn


def test_one_turn_is_its_own_question() -> None:
    assert resolved("and at Hartsbourne?") == "and at Hartsbourne?"
    assert resolved("", "  ", "how often?") == "how often?"


def test_a_follow_up_that_asks_nothing_asks_what_was_asked_before() -> None:
    question = resolved("How often is a PEP reviewed?", "and at Hartsbourne?")
    assert question.startswith("How often is a PEP reviewed")
    assert "Hartsbourne" in question


def test_a_follow_up_that_asks_keeps_the_topic_only() -> None:
    question = resolved("How often is a PEP reviewed?", "and who does it?")
    assert question.startswith("who does it")
    assert {"pep", "reviewed"} <= words(question)
    assert "How" not in question


def test_another_school_takes_the_place_of_the_first() -> None:
    question = resolved("Who is the designated teacher at Little Reddings?", "and at Hartsbourne?")
    assert "Hartsbourne" in question
    assert not {"little", "reddings"} & words(question)


@pytest.mark.parametrize(
    ("first", "then"), [("lr", "n bushey?"), ("little reddings", "and hps"), ("BMS", "whos that at lr")]
)
def test_a_school_by_its_short_name_takes_the_place_of_the_first(first: str, then: str) -> None:
    question = resolved(f"who's link governor for cla at {first}", "and hartsbourne", then)
    assert schools_named(question) == schools_named(then)


def test_a_short_turn_with_a_topic_of_its_own_ends_what_is_looked_back_to() -> None:
    question = resolved("how many pep meetings are there", "ehcp pupil misbehaving", "do we tell the LA")
    assert "misbehaving" in question
    assert "pep" not in question
    assert "adopted" in resolved("who speaks to parents of adopted pupils", "by phone?", "who else")
    assert "assessment" in resolved(
        "risk assessment for a boy", "about him or the rest of the class", "who gets a copy"
    )


@pytest.mark.parametrize(
    ("first", "gone"),
    [
        ("How often is a PEP reviewed for looked-after children?", {"looked-after"}),
        ("How often is a PEP reviewed for children in care?", {"care"}),
        ("How often is a PEP reviewed for CLA?", {"cla"}),
    ],
)
def test_other_pupils_take_the_place_of_the_first(first: str, gone: set[str]) -> None:
    question = resolved(first, "and for PLA?")
    assert {"pla", "pep", "reviewed"} <= words(question)
    assert not gone & words(question)


def test_another_time_takes_the_place_of_the_first() -> None:
    question = resolved("What must I do before suspending a pupil?", "and after?")
    assert "after" in words(question)
    assert "before" not in words(question)
    assert "2022-23" not in resolved("What was the rate in 2022-23?", "and in 2023-24?")


def test_the_topic_is_found_behind_several_follow_ups() -> None:
    question = resolved("Can the head cancel a suspension?", "who is told?", "how fast?")
    assert {"cancel", "suspension"} <= words(question)


def test_what_came_before_a_whole_question_is_no_topic() -> None:
    question = resolved(
        "How much is pupil premium plus?", "Who is the designated teacher at Hartsbourne?", "and the governor?"
    )
    assert "premium" not in question
    assert "Hartsbourne" in question


@pytest.mark.parametrize(
    "said", ["Never mind.", "Leave it, ", "Different question:", "diffrent thing - ", "new topic."]
)
def test_a_new_topic_forgets_the_old(said: str) -> None:
    question = resolved("Where do I park?", f"{said} who can suspend a pupil?")
    assert question == "who can suspend a pupil?"
    later = resolved("Where do I park?", f"{said} who can suspend a pupil?", "for how long?")
    assert "park" not in later
    assert "suspend" in later


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdeDTCLAand itwho?'., 2015-–", max_size=60), min_size=1, max_size=4))
def test_any_turns_are_resolved_the_same_way_each_time(turns: list[str]) -> None:
    assert resolved(*turns) == resolved(*turns)


def test_earlier_turns_are_judged_only_as_far_as_they_are_looked_back_to() -> None:
    judged: list[str] = []

    def is_sound(turn: str) -> bool:
        judged.append(turn)
        return turn != "thanks a lot"

    first, topic = "what goes into the governors' annual report?", "how often is a PEP reviewed?"
    resolve(
        [first, topic, "who is the designated teacher at Hartsbourne school?"], vocabulary=VOCABULARY, is_sound=is_sound
    )
    assert judged == []  # it stands for itself
    carried = resolve([first, topic, "thanks a lot", "and for PLA?"], vocabulary=VOCABULARY, is_sound=is_sound)
    assert judged == ["thanks a lot", topic]
    assert {"pep", "pla"} <= words(carried)
    assert "governors'" not in words(carried)


def test_with_no_sound_turn_before_it_a_turn_stays_as_it_is() -> None:
    assert resolve(["hello", "and for PLA?"], vocabulary=VOCABULARY, is_sound=lambda turn: False) == "and for PLA?"


def test_what_else_is_known_of_the_same_child_stays() -> None:
    told = "Y10 boy on a child protection plan who is looked after, head minded to exclude. Who must we tell?"
    whole = words(resolved(told, "and if he's previously looked after?"))
    assert {"protection", "previously", "exclude."} <= whole
    assert "protection" not in words(resolved(told, "and for pla?"))
    assert "after" not in words(resolved(told, "and if he's adopted from care?"))


def test_all_that_was_said_can_be_taken_together() -> None:
    turns = ("8 days suspended this term", "thanks", "parents havent asked for anything", "so?")
    whole = joined_with_all(turns, vocabulary=VOCABULARY, is_sound=lambda turn: turn != "thanks")
    assert {"suspended", "parents", "so"} <= words(whole)
    assert "thanks" not in words(whole)
    assert joined_with_all(("thanks", "so?"), vocabulary=VOCABULARY, is_sound=lambda turn: False) == "so?"


@pytest.mark.parametrize(
    ("turns", "others"),
    [
        (("CLA about to be suspended, who rings the VSH?", "and for PLA?"), True),
        (("CLA about to be suspended, who rings the VSH?", "and if the CLA is 17?"), False),
        (("who rings the VSH?", "and for PLA?"), False),
        (("CLA about to be suspended, who rings the VSH?", "how soon?"), False),
        (("CLA about to be suspended, who rings the VSH?", "and if he's previously looked after?"), False),
    ],
)
def test_whether_other_pupils_are_asked_about(turns: tuple[str, ...], others: bool) -> None:
    assert turns_to_other_pupils(turns, VOCABULARY) is others


@pytest.mark.parametrize(
    "middle",
    [
        "got it. how many pep meetings a year for cla",
        "fine. next: how many pep meetings a year for cla",
        "k diff thing, how many pep meetings a year for cla",
        "Thank you. On a different matter, how many pep meetings a year for cla",
        "skip that. how many pep meetings a year for cla",
    ],
)
def test_what_is_done_with_is_left_behind(middle: str) -> None:
    question = resolved("dsl for little reddings?", middle, "who else has to be there")
    assert "pep" in question
    assert "reddings" not in question


def test_a_turn_that_asks_nothing_adds_to_the_case_before_it() -> None:
    question = resolved("pupil has had 8 days suspended", "parents havent asked for anything", "so?")
    assert {"8", "suspended", "parents"} <= words(question)
    assert "pep" not in resolved("how many pep meetings", "ehcp pupil suspended again", "who do i ring")
