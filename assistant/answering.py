"""A question in, an answer out: understand, search, select, compose, verify, or abstain. Read this file first."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from assistant import editions
from assistant.abstaining import Confidence, confidence, is_unsure
from assistant.candidates import Candidate, candidates
from assistant.composing import Draft, citation, drafts, layer_of, markdown
from assistant.models import Answer, Citation, Notice, Outcome, Question, Statement, Timings
from assistant.questions import check_question
from assistant.safety import Concern, act_now, clauses_of_any_concern
from assistant.selecting import MAX_CITATIONS, of_those_asked_about, select
from assistant.smalltalk import small_talk
from assistant.turns import Reading, Turns
from assistant.understanding import Understanding, school_named, understand
from assistant.verifying import passed
from corpus.models import Clause, Document
from corpus.register import Register, load_register
from index.search import Searcher

_DSL_SECTION = "cwsw/name-of-the-designated-safeguarding-lead"
_CONCERN_SEARCH = "child protection concern: what staff must do, disclosure, speak to the designated safeguarding lead"
_KCSIE, _LEAD = "dfe-kcsie", "DSL"
_BESIDE_MATTER = 3  # of what holds for any concern, beside what answers the message itself
# From this probability on a refusal does not say that the documents do not answer: of the training questions that are
# refused it is so for nine in ten that are answered, and for three in ten of the others.
_CLOSE_CALL = 0.01
# So much surer must another reading of a turn be. Of 212 follow-ups of the development split and three exams 193 were
# read and answered well with the first reading, or another where that is refused; with this 197, at 0.2 196.
_SURER = 0.4
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
        # What the guidance says of any concern, and of which generation of the record: the same for every message.
        self._any_concern: tuple[int, list[Draft]] = (-1, [])

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
            if sure.answered
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
        if found.asked not in turns.last:  # else it is what was typed, or that without "never mind"
            typed = self.searcher.speller.mend(turns.last)
            sure = confidence(self.searcher, found.understanding, found.ranked, turn=typed)
            found = replace(found, sure=sure)
        if turns.asks_of_others():
            found = replace(found, ranked=of_those_asked_about(found.understanding, found.ranked))
        return found

    def _found(self, asked: str, question: Question) -> _Found:
        understanding = self._understand(asked, question)
        ranked = candidates(self.searcher, understanding)
        return _Found(asked, understanding, ranked, confidence(self.searcher, understanding, ranked))

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
        nearest = self._as_said([(candidate.clause, candidate.document) for candidate in ranked[:3]])
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
        asked = turns.last
        understanding = self._understand(asked, question)
        school = understanding.school
        names = self._dsl_clauses(school)
        title, steps, limits = act_now(
            dsl=names[0].clause.text.partition(": ")[2] if school and names else "",
            asked_by_lead=understanding.asker_role == _LEAD,
        )
        matter, always = self._of_the_matter(understanding, turns), self._of_any_concern()
        always = always[:_BESIDE_MATTER] if matter else always
        said = {draft.clause.id for draft in always}
        matter = [draft for draft in matter if draft.clause.id not in said]
        written = [*names, *always, *matter[: MAX_CITATIONS - len(names) - len(always)]]
        citations, statements = self._checked(written)
        first = f"**{title}**\n\n" + "\n".join(f"{n}. {step}" for n, step in enumerate(steps, start=1))
        clauses = {n: draft.clause for n, draft in enumerate(written, start=1)}
        return Answer(
            id=question.id,
            question=asked,
            outcome=Outcome.ESCALATED,
            answer=f"{first}\n\n{limits}\n\n{markdown(statements, clauses)}".strip(),
            statements=tuple(statements),
            citations=tuple(citations),
            notices=(
                Notice(kind="act-now", text=" ".join([*steps, limits])),
                *editions.notices(written, register=self.register, on=self.today),
            ),
        )

    def _of_the_matter(self, understanding: Understanding, turns: Turns) -> list[Draft]:
        """The clauses that answer a message that may after all ask about the rules ("saw him in tesco on day 2 of being
        excluded"); none where it surely reports a concern: what search finds for its words is about other things."""
        if turns.surely_reports():
            return []
        ranked = candidates(self.searcher, understanding)
        sure = confidence(self.searcher, understanding, ranked)
        if not sure.answered:
            return []
        found = drafts(select(self.searcher, understanding, ranked), understanding, self.searcher.vocabulary)
        return [draft for draft in found if not (draft.see_also and is_unsure(sure))]

    def _of_any_concern(self) -> list[Draft]:
        """What the guidance says staff do with any concern."""
        generation = self.searcher.record.generation
        if self._any_concern[0] != generation:
            ids = clauses_of_any_concern()
            known = self.searcher.cached.clauses(ids)
            found = [(known[id_], self.searcher.documents[known[id_].document_id]) for id_ in ids if id_ in known]
            self._any_concern = generation, self._as_said(found or self._searched_for_any_concern())
        return self._any_concern[1]

    def _searched_for_any_concern(self) -> list[tuple[Clause, Document]]:
        """The same from the official text that stands for the digest: of another edition, its paragraphs differ."""
        understanding = self._understand(_CONCERN_SEARCH, Question(turns=(_CONCERN_SEARCH,)))
        found = candidates(self.searcher, understanding)
        named = [c for c in found if (c.document.stands_for or c.document.id).startswith(_KCSIE)]
        return [(candidate.clause, candidate.document) for candidate in named[:2]]

    @staticmethod
    def _as_said(found: Sequence[tuple[Clause, Document]]) -> list[Draft]:
        return [Draft(clause.full_text, clause, document, layer_of(clause, document)) for clause, document in found]

    def _dsl_clauses(self, school: str | None) -> list[Draft]:
        """The policy's named DSL of the school, or the list of every school's where none is known."""
        whole = f"{_DSL_SECTION}/list"
        if school is None:
            named = list(self.searcher.cached.clauses([whole]).values())
        else:
            items = self.searcher.record.items_of([whole]).get(whole, [])
            named = [clause for clause in items if school_named(clause.text) == school]
        documents = self.searcher.documents
        return self._as_said([(one, documents[one.document_id]) for one in named if one.document_id in documents])

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
