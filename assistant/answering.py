"""A question in, an answer out: understand, search, select, compose, verify, or abstain. Read this file first."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import Any

from assistant import editions
from assistant.abstaining import Confidence, confidence, is_unsure
from assistant.asks import meanings
from assistant.candidates import Candidate, candidates
from assistant.composing import Draft, as_said, citation, drafts, markdown
from assistant.escalating import Escalation
from assistant.models import Answer, Citation, Notice, Outcome, Question, Statement, Timings
from assistant.questions import check_question
from assistant.safety import Concern
from assistant.selecting import of_those_asked_about, select
from assistant.smalltalk import small_talk
from assistant.turns import Reading, Turns
from assistant.understanding import Understanding, understand
from assistant.verifying import passed
from corpus.register import Register, load_register
from index.search import Searcher

# From this probability on a refusal does not say that the documents do not answer: of the training questions that are
# refused it is so for nine in ten that are answered, and for three in ten of the others.
_CLOSE_CALL = 0.01
# A procedure whose duties are known by name is told from this probability on: "suspending a PLA checklist" is like
# nothing that was asked, "what do I do if my pay is suspended" asks of another matter.
_KNOWN_BY_NAME = 0.13
# So much surer must another reading of a turn be. Of 212 follow-ups of the development split and three exams 193 were
# read and answered well with the first reading, or another where that is refused; with this 197, at 0.2 196.
_SURER = 0.4
_OF_EACH = 2  # so many clauses are looked at for each of several names whose meaning is asked
_NOT_ANSWERED = "Nothing found surely answers the question; the nearest clauses are shown as such."
_IF_LIVE = (
    "If this is about a child you are worried about now, speak to your DSL or a deputy first; call 999 in danger."
)
_UNSURE = (
    "These are the nearest clauses found; read whether they answer your question, and ask your DSL where they do not."
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an answer came about, for `--explain`."""

    understanding: Understanding
    confidence: Confidence
    ranked: tuple[tuple[str, float, float], ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "understanding": self.understanding.as_dict(),
            "confidence": asdict(self.confidence),
            "ranked": [{"clause": c, "score": round(s, 3), "coverage": round(v, 3)} for c, s, v in self.ranked],
        }


@dataclass(frozen=True, slots=True)
class _Found:
    """How a turn was read, as what question, the clauses that were found for it, and how sure it is that they answer
    it."""

    asked: str
    understanding: Understanding
    ranked: Sequence[Candidate]
    sure: Confidence


class Assistant:
    """Answers from one searcher. Thread-safe: between questions it keeps only what holds for each."""

    def __init__(self, searcher: Searcher, *, register: Register | None = None, today: dt.date | None = None) -> None:
        self.searcher = searcher
        self.register = register or load_register()
        self.today = today or dt.date.today()
        self._escalation = Escalation(searcher)

    def answer(self, question: Question) -> Answer:
        """Answer the last turn. Raises BadQuestionError for a turn that cannot be read."""
        return self.explain(question)[0]

    def explain(self, question: Question) -> tuple[Answer, Explanation | None]:
        """The answer, and how it came about; None where nothing was searched for."""
        started = time.perf_counter()
        turns = Turns([check_question(turn) for turn in question.turns], self.searcher)
        concern = turns.concern()
        if concern is Concern.LIVE:
            return self._timed(self._escalated(question, turns), started, 0.0), None
        reply = small_talk(turns.last)
        if reply is not None:
            return self._timed(_plain(question, turns.last, reply), started, 0.0), None
        searched = time.perf_counter()
        reading = turns.reading()
        found = self._surest(turns, reading, question)
        search_ms = (time.perf_counter() - searched) * 1000
        understanding, ranked, sure = found.understanding, found.ranked, found.sure
        answer = (
            self._answered(question, turns.last, understanding, select(self.searcher, understanding, ranked))
            if sure.answered or (understanding.procedure is not None and sure.score >= _KNOWN_BY_NAME)
            else self._abstained(question, turns.last, ranked, close=sure.score >= _CLOSE_CALL)
        )
        cautions = _cautions(answer.outcome, sure, possibly_live=reading.after_concern or concern is Concern.POSSIBLE)
        answer = answer.model_copy(update={"notices": (*cautions, *answer.notices)})
        explanation = Explanation(understanding, sure, tuple((c.clause.id, c.score, c.coverage) for c in ranked[:20]))
        return self._timed(answer, started, search_ms), explanation

    def _surest(self, turns: Turns, reading: Reading, question: Question) -> _Found:
        """What is found for the last turn as it is read first, or, where that is unsure, read in another way that
        leaves far less doubt. Whether it answers is told of the turn with its topic as of one."""
        found = self._found(reading.text, question)
        if found.sure.score < found.sure.unsure:
            others = [self._found(text, question) for text in turns.otherwise(reading)]
            surer = [one for one in others if one.sure.score >= max(one.sure.unsure, found.sure.score + _SURER)]
            found = max(surer, key=lambda one: one.sure.score, default=found)
        # Else it is what was typed, or that without "never mind"; and "and at Hartsbourne?" says nothing by itself.
        if found.asked not in turns.last and not turns.asks_the_same():
            typed = self.searcher.speller.mend(turns.last)
            sure = confidence(self.searcher, found.understanding, found.ranked, turn=typed)
            found = replace(found, sure=sure)
        if turns.asks_of_others():
            found = replace(found, ranked=of_those_asked_about(found.understanding, found.ranked))
        return found

    def _found(self, asked: str, question: Question) -> _Found:
        understanding = self._understand(asked, question)
        if names := meanings(understanding.text):
            return self._found_of_each(asked, understanding, names, question)
        ranked = candidates(self.searcher, understanding)
        return _Found(asked, understanding, ranked, confidence(self.searcher, understanding, ranked))

    def _found_of_each(
        self, asked: str, understanding: Understanding, names: Sequence[str], question: Question
    ) -> _Found:
        """What is found for each of several names, in turns: what the most is said of would crowd out the others. What
        lies near a name that nothing explains is left out."""
        every = [self._found(name, question) for name in names]
        found = [one for one in every if one.sure.answered] or every
        in_turns = chain.from_iterable(zip(*(one.ranked[:_OF_EACH] for one in found), strict=False))
        ranked = list({candidate.clause.id: candidate for candidate in in_turns}.values())
        return _Found(asked, understanding, ranked, max((one.sure for one in found), key=lambda sure: sure.score))

    def _understand(self, text: str, question: Question) -> Understanding:
        mended = self.searcher.speller.mend(text)
        return understand(mended, vocabulary=self.searcher.vocabulary, school=question.school, role=question.role)

    def _answered(
        self, question: Question, asked: str, understanding: Understanding, chosen: Sequence[Candidate]
    ) -> Answer:
        written = drafts(chosen, understanding, self.searcher.vocabulary)
        citations, kept = self._checked(written)
        if not kept:
            return self._abstained(question, asked, chosen)
        said = [written[citation.n - 1] for citation in citations]
        return Answer(
            id=question.id,
            question=asked,
            outcome=Outcome.ANSWERED,
            answer=markdown(
                kept,
                {n: draft.clause for n, draft in enumerate(written, start=1)},
                by_stage=understanding.wants_whole_procedure,
            ),
            statements=tuple(kept),
            citations=tuple(citations),
            notices=tuple(editions.notices(said, register=self.register, on=self.today)),
        )

    def _abstained(self, question: Question, asked: str, ranked: Sequence[Candidate], *, close: bool = False) -> Answer:
        nearest = as_said([(candidate.clause, candidate.document) for candidate in ranked[:3]])
        ordered = sorted(self.searcher.documents.values(), key=lambda document: (document.summary, document.id))
        titles = [document.title for document in ordered]
        searched = f"{len(titles)} documents, among them {', '.join(titles[:3])}" if titles else "no document"
        # Where a clause lies as near as those that answer do, "no" would be more than is known.
        first = (
            "I am not sure that the documents I hold answer this: read the nearest clauses below. "
            if close
            else "The documents I hold do not answer this. "
        )
        text = (
            f"{first}I searched {searched}. "
            "Ask your designated safeguarding lead or designated teacher, or the school office."
        )
        return Answer(
            id=question.id,
            question=asked,
            outcome=Outcome.ABSTAINED,
            answer=text,
            nearest=tuple(self._citation(n, draft) for n, draft in enumerate(nearest, start=1)),
            notices=(Notice(kind="not-answered", text=_NOT_ANSWERED),),
        )

    def _escalated(self, question: Question, turns: Turns) -> Answer:
        """What to do now, before anything else; then the named DSL and what the documents say of it."""
        reply = self._escalation.of(turns, self._understand(turns.last, question))
        citations, statements = self._checked(reply.drafts)
        first = f"**{reply.title}**\n\n" + "\n".join(f"{n}. {step}" for n, step in enumerate(reply.steps, start=1))
        clauses = {n: draft.clause for n, draft in enumerate(reply.drafts, start=1)}
        return Answer(
            id=question.id,
            question=turns.last,
            outcome=Outcome.ESCALATED,
            answer=f"{first}\n\n{reply.limits}\n\n{markdown(statements, clauses)}".strip(),
            statements=tuple(statements),
            citations=tuple(citations),
            notices=(
                Notice(kind="act-now", text=" ".join([*reply.steps, reply.limits])),
                *editions.notices(reply.drafts, register=self.register, on=self.today),
            ),
        )

    def _checked(self, written: Sequence[Draft]) -> tuple[list[Citation], list[Statement]]:
        """The statements that pass the quote gate, with the citations they rely on."""
        citations = [self._citation(n, draft) for n, draft in enumerate(written, start=1)]
        statements = [
            Statement(
                text=draft.text,
                citations=(n,),
                layer=draft.layer,
                stage=draft.clause.stage.value,
                see_also=draft.see_also,
            )
            for n, draft in enumerate(written, start=1)
        ]
        kept = passed(statements, {citation.n: citation.text for citation in citations})
        relied_on = {n for statement in kept for n in statement.citations}
        return [citation for citation in citations if citation.n in relied_on], kept

    def _citation(self, n: int, draft: Draft) -> Citation:
        force = editions.in_force(draft.clause, draft.document, register=self.register, on=self.today)
        return citation(n, draft, register=self.register, in_force=force)

    @staticmethod
    def _timed(answer: Answer, started: float, search_ms: float) -> Answer:
        total = (time.perf_counter() - started) * 1000
        return answer.model_copy(update={"timings_ms": Timings(search=round(search_ms, 1), total=round(total, 1))})


def _cautions(outcome: Outcome, sure: Confidence, *, possibly_live: bool) -> list[Notice]:
    """What to say before an answer that may not be the one needed. possibly_live: it might be about a child now."""
    cautions: list[Notice] = []
    if possibly_live:
        cautions.append(Notice(kind="if-live", text=_IF_LIVE))
    if outcome is Outcome.ANSWERED and is_unsure(sure):
        cautions.append(Notice(kind="unsure", text=_UNSURE))
    return cautions


def _plain(question: Question, asked: str, text: str) -> Answer:
    return Answer(id=question.id, question=asked, outcome=Outcome.ANSWERED, answer=text)
