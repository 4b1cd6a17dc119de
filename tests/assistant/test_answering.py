"""Answers over the real index: what they must cite, and what must hold of every one of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from assistant.answering import Assistant
from assistant.candidates import Candidate, candidates
from assistant.composing import Draft, drafts
from assistant.errors import BadQuestionError
from assistant.models import Answer, Outcome, Question
from assistant.turns import Turns
from assistant.understanding import Understanding
from assistant.verifying import stands_in
from corpus.models import Document
from index.record import Record
from index.search import Searcher
from tests.assistant.conftest import TODAY

pytestmark = pytest.mark.integration
HEADLINE = "what must I do before suspending a CLA pupil?"
WHOLE_PROCEDURES = (HEADLINE, "What must the headteacher do on the day of a permanent exclusion?")
# Of every kind: a procedure, a person, a time, a sum, a list, a permission, a definition, an abstention, small talk.
QUESTIONS = (
    HEADLINE,
    "Who is the designated teacher at Hartsbourne?",
    "How often is a PEP reviewed?",
    "How much training must the designated teacher have each year?",
    "What methods do we use to avoid suspending a child with a social worker?",
    "Can a head send a pupil home to cool off?",
    "What is pupil premium plus for?",
    "What must the headteacher do on the day of a permanent exclusion?",
    "What are the duties of the designated teacher?",
    "When do governors meet about an exclusion?",
    "What does the policy say about Hertfordshire Steps?",
    "Who must be told when a child in care is suspended?",
    "What changed in 2026?",
    "What is the salary of a teaching assistant?",
    "hello",
)


def ask(assistant: Assistant, *turns: str, school: str | None = None, role: str | None = None) -> Answer:
    return assistant.answer(Question(turns=turns, school=school, role=role))


def cited(answer: Answer) -> set[str]:
    return {citation.clause_id for citation in answer.citations}


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> dict[str, Answer]:
    return {question: ask(assistant, question) for question in QUESTIONS}


@pytest.fixture(scope="module")
def headline(answers: dict[str, Answer]) -> Answer:
    return answers[HEADLINE]


# --- the headline question -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "clauses"),
    [
        ("discussing the rationale with the Education Adviser", {"cwsw/suspensions-and-exclusion/3"}),
        ("contacting the Virtual School", {"cwsw/suspensions-and-exclusion/8"}),
        ("exploring alternatives", {"cwsw/suspensions-and-exclusion/4"}),
        ("the methods used to avoid suspension", {"cwsw/suspensions-and-exclusion/10"}),
        ("the designated teacher's contact with the VSH", {"dfe-exclusion-2024-08/60"}),
        ("notifying the social worker and the VSH", {"dfe-exclusion-2024-08/78"}),
    ],
)
def test_the_headline_question_cites_what_it_must(headline: Answer, what: str, clauses: set[str]) -> None:
    assert headline.outcome is Outcome.ANSWERED
    assert clauses & cited(headline), what


def test_the_headline_answer_says_who_must_be_notified_without_delay(headline: Answer) -> None:
    notify = next(s for s in headline.statements if "dfe-exclusion-2024-08/78" in clauses_of(headline, s.citations))
    assert notify.layer == "must"
    for words in ("headteacher must", "without delay", "social worker", "virtual school head (VSH)"):
        assert words in notify.text


def clauses_of(answer: Answer, numbers: tuple[int, ...]) -> set[str]:
    return {citation.clause_id for citation in answer.citations if citation.n in numbers}


def test_the_headline_answer_tells_what_comes_before_the_decision_first(headline: Answer) -> None:
    text = headline.answer
    titles = ["What the guidance expects (should)", "What our policy says", "What the law requires (must)"]
    places = [text.index(f"**{title}**") for title in titles]
    assert places == sorted(places)
    assert text.index("*Before*") < text.index("*On the decision, without delay*")


@pytest.mark.integration
def test_of_several_names_only_those_that_a_clause_knows_are_explained(assistant: Assistant) -> None:
    both = assistant.answer(Question(turns=("what do CIN and TAF mean",)))
    known = assistant.answer(Question(turns=("what do CIN and PLA mean",)))
    assert both.outcome is Outcome.ANSWERED
    assert cited(both) <= cited(known)


# --- what holds of every answer ------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_statement_stands_in_the_clauses_it_cites(answers: dict[str, Answer], question: str) -> None:
    answer = answers[question]
    texts = {citation.n: citation.text for citation in answer.citations}
    for statement in answer.statements:
        assert statement.citations
        assert all(stands_in(statement.text, texts[n]) for n in statement.citations)
    assert {n for statement in answer.statements for n in statement.citations} == set(texts)


@pytest.mark.parametrize("question", QUESTIONS)
def test_eight_citations_or_the_duties_of_a_procedure_each_of_a_clause_word_for_word(
    answers: dict[str, Answer], real_documents: dict[str, Document], question: str
) -> None:
    answer = answers[question]
    assert len(answer.citations) <= (16 if question in WHOLE_PROCEDURES else 8)
    assert len(cited(answer)) == len(answer.citations)
    for citation in (*answer.citations, *answer.nearest):
        document = real_documents[citation.document_id]
        clause = next(clause for clause in document.clauses if clause.id == citation.clause_id)
        assert citation.text == clause.full_text
        assert stands_in(citation.quote, citation.text)
        assert citation.document == document.title
        assert citation.locator == clause.locator
        assert citation.summary is document.summary
        assert citation.summary is (citation.document_id != "cwsw")  # a digest is never shown as the text
        assert citation.modality == clause.modality.value


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_text_is_made_of_the_statements_and_their_marks(answers: dict[str, Answer], question: str) -> None:
    answer = answers[question]
    marks = [int(n) for n in re.findall(r"\[(\d+)\]", answer.answer)]
    assert sorted(set(marks)) == [citation.n for citation in answer.citations]
    left = " ".join(re.sub(r"\[\d+\]|(?m:^\s*- )", " ", answer.answer).split())
    for statement in answer.statements:
        words = " ".join(re.sub(r"(?m)^\s*- ", " ", statement.text).split())
        assert words in left


@pytest.mark.parametrize("question", QUESTIONS)
def test_must_should_and_may_are_kept_apart(answers: dict[str, Answer], question: str) -> None:
    answer = answers[question]
    modalities = {citation.n: citation.modality for citation in answer.citations}
    for statement in answer.statements:
        if statement.layer in {"must", "should", "may"}:
            assert {modalities[n].split()[0] for n in statement.citations} == {statement.layer}
        if statement.layer == "policy":
            assert {citation.authority for citation in answer.citations if citation.n in statement.citations} == {
                "trust-policy"
            }
    for layer, title in (("must", "(must)"), ("should", "(should)"), ("may", "(may)")):
        under = answer.answer.partition(f"{title}**")[2].partition("\n**")[0]
        numbers = [int(n) for n in re.findall(r"\[(\d+)\]", under)]
        assert all(modalities[n].split()[0] == layer for n in numbers)


def test_the_same_question_gets_the_same_answer(assistant: Assistant, answers: dict[str, Answer]) -> None:
    again = Assistant(assistant.searcher, today=TODAY)
    for question in QUESTIONS:
        assert untimed(ask(again, question)) == untimed(answers[question])


def untimed(answer: Answer) -> str:
    return answer.model_copy(update={"timings_ms": {}}).model_dump_json(exclude={"timings_ms"})


def test_white_space_does_not_matter(assistant: Assistant, headline: Answer) -> None:
    assert untimed(ask(assistant, f"  {HEADLINE.replace(' ', '   ')}\n")) == untimed(headline)


def test_a_turn_that_cannot_be_read_is_refused(assistant: Assistant) -> None:
    with pytest.raises(BadQuestionError):
        ask(assistant, "who is the DT?", "\u200b")
    with pytest.raises(BadQuestionError):
        ask(assistant, "", "who is the DT?")


def test_what_the_gate_withholds_is_neither_said_nor_cited(
    assistant: Assistant, headline: Answer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def altered(*arguments: Any) -> list[Draft]:
        first, *rest = drafts(*arguments)
        return [replace(first, text=first.text.replace("must", "may").replace("should", "may")), *rest]

    monkeypatch.setattr("assistant.answering.drafts", altered)
    answer = ask(assistant, HEADLINE)
    assert "withheld a statement" in caplog.text
    assert answer.statements == headline.statements[1:]
    assert cited(answer) == cited(headline) - clauses_of(headline, headline.statements[0].citations)

    monkeypatch.setattr(
        "assistant.answering.drafts", lambda *a: [replace(d, text=f"{d.text} Not.") for d in drafts(*a)]
    )
    assert ask(assistant, HEADLINE).outcome is Outcome.ABSTAINED


# --- when nothing answers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "What is the salary of a teaching assistant?",
        "What is the capital of France?",
        "How do I reset the password of my payroll account?",
        "Which bus stops outside the swimming pool?",
    ],
)
def test_what_the_documents_do_not_answer_is_said_so(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question)
    assert answer.outcome is Outcome.ABSTAINED
    assert (answer.statements, answer.citations) == ((), ())
    assert "do not answer" in answer.answer
    assert "Children with a Social Worker Policy" in answer.answer  # names what was searched
    assert "designated safeguarding lead" in answer.answer  # and who to ask
    assert 1 <= len(answer.nearest) <= 3
    assert "not-answered" in {notice.kind for notice in answer.notices}


def test_a_refusal_close_to_an_answer_claims_no_more_than_is_known(assistant: Assistant) -> None:
    answer = ask(assistant, "whens our next safegarding top up")
    assert answer.outcome is Outcome.ABSTAINED
    assert answer.answer.startswith("I am not sure that the documents I hold answer this")


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("what must be shown b4 a pex", "dfe-exclusion-2024-08/11-2"),
        ("what has to be in the exclusion letter home", "dfe-exclusion-2024-08/64"),
        ("is lunchtime exclusion a half day", "dfe-exclusion-2024-08/9-3"),
        ("how soon must the social worker be told about a suspension", "dfe-exclusion-2024-08/78"),
    ],
)
def test_what_lies_near_to_something_unanswered_is_answered_where_a_clause_does(
    assistant: Assistant, question: str, clause: str
) -> None:
    """They were refused: near misses had been written for these very clauses."""
    answer = ask(assistant, question)
    assert answer.outcome is Outcome.ANSWERED
    assert clause in cited(answer)


def test_below_act_now_stands_nothing_that_a_bare_report_did_not_ask_for(assistant: Assistant) -> None:
    """What search found for cuts on a pupil's legs were clauses about restraint."""
    bare = ask(assistant, "she showed me cuts on her legs in the changing room")
    assert bare.outcome is Outcome.ESCALATED
    assert {id_.partition("/")[0] for id_ in cited(bare)} == {"cwsw", "dfe-kcsie-2025"}
    assert len(cited(bare)) == 7  # who the DSLs are, and what staff do with any concern
    asking = ask(assistant, "saw him in tesco at 11am, day 2 of being excluded. can mum get in truble")
    assert asking.outcome is Outcome.ESCALATED
    assert any(id_.startswith("dfe-exclusion-2024-08/") for id_ in cited(asking))


def test_small_talk_cites_nothing(answers: dict[str, Answer]) -> None:
    hello = answers["hello"]
    assert (hello.outcome, hello.citations, hello.notices) == (Outcome.ANSWERED, (), ())


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("who is the DSL at hartsbourne", "cwsw/name-of-the-designated-safeguarding-lead/2"),
        ("who is the dsl at bushey meads", "cwsw/name-of-the-designated-safeguarding-lead/1"),
        ("who is the dsl at little reddings", "cwsw/name-of-the-designated-safeguarding-lead/3"),
        ("who is the designated teacher at Bushey Meads", "cwsw/name-of-the-designated-teachers-for-cla-and-pla/1"),
        ("how many pep meetings a year for a cla", "cwsw/statutory-personal-education-plans-epep/p1"),
        ("how much is pupil premium plus for a pla", "dfe-pupil-premium-2025-26/2025-26/2"),
        ("how many emergency contacts per pupil", "dfe-kcsie-2025/101"),
        ("how many days can a pupil be suspended for?", "dfe-exclusion-2024-08/1-3"),
    ],
)
def test_the_plainest_questions_are_answered(assistant: Assistant, question: str, clause: str) -> None:
    """The DSLs' names were refused: names of many other posts that nothing gives lie near to them."""
    answer = ask(assistant, question)
    assert answer.outcome is Outcome.ANSWERED
    assert clause in cited(answer)


# --- conversations -------------------------------------------------------------------------------


def test_a_turn_that_leans_on_its_topic_without_a_word_that_says_so_is_read_with_it(assistant: Assistant) -> None:
    leaning = ("pla evidence is patchy", "who do i agree the approach w")
    assert "pla" in Turns(leaning, assistant.searcher).reading().text
    assert "dfe-designated-teacher-2018/who-counts-as-previously-looked-after/4" in cited(ask(assistant, *leaning))
    alone = "How many days of training does the designated teacher need each year?"
    assert Turns(("who checks the attendance register", alone), assistant.searcher).reading().text == alone


def test_a_follow_up_carries_the_topic(assistant: Assistant) -> None:
    answer = ask(assistant, "Who is the designated teacher at Bushey Meads?", "and at Hartsbourne?")
    assert answer.question == "and at Hartsbourne?"
    assert "Rebecca Tregear" in answer.statements[0].text
    often = ask(assistant, "Does every member of staff do the training about trauma?", "How often?")
    assert "cwsw/opening-text/p6" in cited(often)


def test_a_concern_does_not_colour_the_next_question(assistant: Assistant, answers: dict[str, Answer]) -> None:
    concern = "a girl in my class has just told me that her uncle hit her last night"
    question = "How often is a PEP reviewed?"
    assert ask(assistant, concern).outcome is Outcome.ESCALATED
    assert cited(ask(assistant, concern, question)) == cited(answers[question])


def test_a_short_follow_up_to_an_ordinary_question_is_no_concern(assistant: Assistant) -> None:
    answer = ask(assistant, "Head's cancelling a suspension. Allowed?", "who needs telling?")
    assert answer.outcome is Outcome.ANSWERED
    assert "dfe-exclusion-2024-08/13-2" in cited(answer)


@pytest.mark.parametrize("turn", ["she has bruises again", "he says he wants to die", "her dad hit her last night"])
def test_a_concern_in_the_midst_of_ordinary_questions_is_one(assistant: Assistant, turn: str) -> None:
    assert ask(assistant, "how often is a PEP reviewed?", turn).outcome is Outcome.ESCALATED


def test_a_follow_up_to_a_concern_leans_on_it_with_a_reminder(assistant: Assistant) -> None:
    answer = ask(assistant, "a girl in my class has just told me that her uncle hit her", "who do I tell?")
    assert answer.outcome is Outcome.ESCALATED or answer.notices[0].kind == "if-live"


def test_a_turn_that_finds_no_answer_by_itself_is_read_with_the_topic(assistant: Assistant) -> None:
    topic, last = "a CLA has had no school place for 3 weeks", "can the council make an academy take him"
    answer = ask(assistant, topic, last)
    assert answer.outcome is Outcome.ANSWERED
    assert answer.question == last


def test_an_unsure_reading_gives_way_to_a_far_surer_one(assistant: Assistant) -> None:
    """The topic is two turns back: "parents havent asked for anything so?" alone found nothing."""
    turns = ("pupil has had 8 days suspended this term", "do govs have to meet", "parents havent asked for anything")
    answer = ask(assistant, *turns, "so?")
    assert answer.outcome is Outcome.ANSWERED
    assert "dfe-exclusion-2024-08/101-2" in cited(answer)


def test_too_little_is_never_read_by_itself(assistant: Assistant) -> None:
    """ "And the year after?" was answered with when the policy is reviewed."""
    answer = ask(assistant, "What was PP+ in 2022-23?", "OK, 2023-24 for a CLA?", "and the year after?")
    assert "cwsw/review/p1" not in cited(answer)


def test_the_same_of_other_pupils_is_not_answered_with_what_was_said_of_the_first(assistant: Assistant) -> None:
    answer = ask(assistant, "CLA about to be suspended - who rings the VSH?", "And for PLA?")
    assert {"dfe-exclusion-2024-08/62", "dfe-exclusion-2024-08/62-2"} & cited(answer)
    assert "dfe-exclusion-2024-08/60" not in cited(answer), "that is for CLA alone"


# --- a live concern ------------------------------------------------------------------------------

CONCERNS = (
    "one of my year 5 girls just told me her dad hit her",
    "a boy in my tutor group says he wants to kill himself, what do I do?",
)


@pytest.mark.parametrize("concern", CONCERNS)
@pytest.mark.parametrize(
    ("school", "name", "other"),
    [
        ("Bushey Meads", "Olivia de Groot", "Tregear"),
        ("Hartsbourne", "Rebecca Tregear", "Groot"),
        ("reddings", "Rebecca Tregear", "Groot"),
    ],
)
def test_a_live_concern_comes_first_with_the_lead_of_the_school(
    assistant: Assistant, concern: str, school: str, name: str, other: str
) -> None:
    for answer in (ask(assistant, concern, school=school), ask(assistant, f"{concern} (at {school})")):
        assert answer.outcome is Outcome.ESCALATED
        assert answer.notices[0].kind == "act-now"
        assert "999" in answer.notices[0].text
        assert name in answer.notices[0].text
        assert other not in answer.answer
        assert answer.answer.index("999") < answer.answer.index(name)
        assert any(
            citation.clause_id.startswith("cwsw/name-of-the-designated-safeguarding-lead/")
            for citation in answer.citations
        )
        assert len(answer.citations) <= 8


def test_without_a_school_every_lead_is_named(assistant: Assistant) -> None:
    answer = ask(assistant, CONCERNS[0])
    assert answer.notices[0].kind == "act-now"
    for school in ("Bushey Meads", "Hartsbourne", "Little Reddings"):
        assert school in answer.answer
    names = [id_ for id_ in cited(answer) if "name-of-the-designated-safeguarding-lead" in id_]
    assert names == ["cwsw/name-of-the-designated-safeguarding-lead/list"]  # one place of eight, not three


def test_what_may_be_a_concern_is_answered_or_refused_with_what_to_do_if_it_is_one(assistant: Assistant) -> None:
    answer = ask(assistant, "cp child, black eye, sw on voicemail")
    assert answer.notices[0].kind in {"if-live", "act-now"}
    assert "DSL" in answer.notices[0].text
    assert ask(assistant, "What is the capital of France?").notices[0].kind == "not-answered"


def test_without_the_digest_what_holds_for_any_concern_is_searched_for_once_while_the_record_stays(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, searched = Assistant(assistant.searcher, today=TODAY), []

    def spy(searcher: Searcher, understanding: Understanding) -> list[Candidate]:
        searched.append(understanding.text)
        return candidates(searcher, understanding)

    monkeypatch.setattr("assistant.escalating.candidates", spy)
    monkeypatch.setattr("assistant.escalating.clauses_of_any_concern", lambda: ["dfe-kcsie-2099/50"])
    before = [cited(ask(fresh, CONCERNS[0])), cited(ask(fresh, CONCERNS[0]))]
    assert before[0] == before[1]
    assert any(id_.startswith("dfe-kcsie-2025/") for id_ in before[0])
    assert len(searched) == 1
    monkeypatch.setattr(Record, "generation", property(lambda record: 10**6))
    ask(fresh, CONCERNS[0])
    assert len(searched) == 2


@pytest.mark.parametrize(
    "question",
    [
        "What must staff do if a child tells them that a parent hits them?",
        "What are the signs of neglect?",
        HEADLINE,
        "Who must count the canoe paddles?",
        "why is my spreadsheet formula returning #n/a",
    ],
)
def test_a_question_about_procedure_is_no_concern(assistant: Assistant, question: str) -> None:
    assert ask(assistant, question).outcome is not Outcome.ESCALATED


# --- editions ------------------------------------------------------------------------------------


def test_the_exclusions_digest_of_2024_is_told_to_be_superseded(headline: Answer) -> None:
    old = [citation for citation in headline.citations if citation.document_id == "dfe-exclusion-2024-08"]
    assert old
    assert all(
        (citation.summary, citation.in_force, citation.edition) == (True, False, "August 2024") for citation in old
    )
    notice = next(notice for notice in headline.notices if notice.kind == "superseded")
    assert "no longer in force" in notice.text
    assert "26 July 2026" in notice.text
    assert "summary" in {notice.kind for notice in headline.notices}


def test_the_policys_section_59_is_explained(assistant: Assistant) -> None:
    answer = ask(assistant, "What does our policy quote from Section 59 about a CLA likely to be suspended?")
    assert "cwsw/suspensions-and-exclusion/9" in cited(answer)
    notices = [notice.text for notice in answer.notices if notice.kind == "stale-reference"]
    assert any('"Section 59" is paragraph 60 of the August 2024 edition' in text for text in notices)


@pytest.mark.integration
def test_without_a_school_nobody_is_named_for_one_school_only(assistant: Assistant) -> None:
    """A name is said for every school, or for the school that was asked about."""
    question = "kid in foster care keeps getting sent out of lessons, who do i tell"
    said = assistant.answer(Question(turns=(question,))).answer
    assert ("Olivia de Groot" in said) == ("Rebecca Tregear" in said)
    assert "Rebecca Tregear" not in assistant.answer(Question(turns=(question,), school="Bushey Meads School")).answer
