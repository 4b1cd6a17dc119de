"""A question in, an answer out: understand, search, select, compose, verify, or abstain. Read this file first."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant import editions
from assistant.abstaining import Confidence, confidence, is_unsure
from assistant.candidates import Candidate, candidates
from assistant.composing import Draft, citation, drafts, layer_of, markdown
from assistant.models import Answer, Citation, Notice, Outcome, Question, Statement, Timings
from assistant.questions import check_question
from assistant.safety import Concern, act_now
from assistant.selecting import MAX_CITATIONS, select
from assistant.smalltalk import small_talk
from assistant.turns import Turns
from assistant.understanding import Intent, Understanding, school_named, understand
from assistant.verifying import passed
from corpus.register import Register, load_register
from index.search import Searcher

_DSL_SECTION = "cwsw/name-of-the-designated-safeguarding-lead"
_CONCERN_SEARCH = "child protection concern: what staff must do, disclosure, speak to the designated safeguarding lead"
_CLOSE_CALL = 0.6  # cosine: what nine of ten answerable questions have with the nearest clause or its questions
_CLOSE_RELEVANCE = 0.9  # of the best clause
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
    """How a question was read, the clauses that were found for it, and how sure it is that they answer it."""

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
        found = self._found(reading.text, question)
        if not found.sure.answered and (other := turns.otherwise(reading)):
            second = self._found(other.text, question)
            found = second if second.sure.answered and not is_unsure(second.sure) else found
        search_ms = (time.perf_counter() - searched) * 1000
        understanding, ranked, sure = found.understanding, found.ranked, found.sure
        answer = (
            self._answered(question, turns.last, understanding, select(self.searcher, understanding, ranked))
            if sure.answered
            else self._abstained(question, turns.last, ranked, close=_is_close(sure))
        )
        if answer.outcome is Outcome.ANSWERED:
            cautions = _cautions(sure, possibly_live=reading.after_concern or concern is Concern.POSSIBLE)
            answer = answer.model_copy(update={"notices": (*cautions, *answer.notices)})
        explanation = Explanation(understanding, sure, tuple((c.clause.id, c.score, c.coverage) for c in ranked[:20]))
        return self._timed(answer, started, search_ms), explanation

    def _found(self, text: str, question: Question) -> _Found:
        understanding = self._understand(text, question)
        ranked = candidates(self.searcher, understanding)
        return _Found(understanding, ranked, confidence(self.searcher, understanding, ranked))

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
            answer=markdown(kept, {n: d.clause for n, d in enumerate(written, start=1)}, understanding),
            statements=tuple(kept),
            citations=tuple(citations),
            notices=tuple(editions.notices(said, register=self.register, on=self.today)),
        )

    def _abstained(self, question: Question, asked: str, ranked: Sequence[Candidate], *, close: bool = False) -> Answer:
        nearest = [Draft(c.clause.full_text, c.clause, c.document, layer_of(c.clause, c.document)) for c in ranked[:3]]
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
        title, steps, limits = act_now(dsl=names[0].clause.text.partition(": ")[2] if school and names else "")
        matter, always = self._of_the_matter(understanding, turns), self._of_any_concern()
        said = {draft.clause.id for draft in matter}
        always = [draft for draft in always if draft.clause.id not in said]
        written = [*names, *matter[: MAX_CITATIONS - len(names) - len(always)], *always]
        citations, statements = self._checked(written)
        first = f"**{title}**\n\n" + "\n".join(f"{n}. {step}" for n, step in enumerate(steps, start=1))
        clauses = {n: draft.clause for n, draft in enumerate(written, start=1)}
        below = markdown(statements, clauses, understanding)
        return Answer(
            id=question.id,
            question=asked,
            outcome=Outcome.ESCALATED,
            answer=f"{first}\n\n{limits}\n\n{below}".strip(),
            statements=tuple(statements),
            citations=tuple(citations),
            notices=(
                Notice(kind="act-now", text=" ".join([*steps, limits])),
                *editions.notices(written, register=self.register, on=self.today),
            ),
        )

    def _of_the_matter(self, understanding: Understanding, turns: Turns) -> list[Draft]:
        """The clauses that answer the message itself, where it asks something that they answer."""
        asks = understanding.intent is not Intent.GENERAL or "?" in turns.last
        if not asks and turns.surely_reports():
            return []
        ranked = candidates(self.searcher, understanding)
        if not confidence(self.searcher, understanding, ranked).answered:
            return []
        return drafts(select(self.searcher, understanding, ranked), understanding, self.searcher.vocabulary)

    def _of_any_concern(self) -> list[Draft]:
        """What the guidance says staff do with any concern."""
        generation = self.searcher.record.generation
        if self._any_concern[0] != generation:
            understanding = self._understand(_CONCERN_SEARCH, Question(turns=(_CONCERN_SEARCH,)))
            found = [
                c
                for c in candidates(self.searcher, understanding)
                if (c.document.stands_for or c.document.id).startswith("dfe-kcsie")
            ]
            self._any_concern = generation, drafts(found[:2], understanding, self.searcher.vocabulary)
        return self._any_concern[1]

    def _dsl_clauses(self, school: str | None) -> list[Draft]:
        """The policy's named DSL of the school, or the list of every school's where none is known."""
        whole = f"{_DSL_SECTION}/list"
        if school is None:
            named = list(self.searcher.cached.clauses([whole]).values())
        else:
            items = self.searcher.record.items_of([whole]).get(whole, [])
            named = [clause for clause in items if school_named(clause.text) == school]
        return [
            Draft(clause.full_text, clause, document, layer_of(clause, document))
            for clause in named
            if (document := self.searcher.documents.get(clause.document_id)) is not None
        ]

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


def _is_close(sure: Confidence) -> bool:
    """Whether a refused question may be answered by what was found after all."""
    return sure.signs.nearest >= _CLOSE_CALL or sure.signs.relevant >= _CLOSE_RELEVANCE


def _cautions(sure: Confidence, *, possibly_live: bool) -> list[Notice]:
    """What to say before an answer that may not be the one needed. possibly_live: it might be about a child now."""
    cautions: list[Notice] = []
    if possibly_live:
        cautions.append(Notice(kind="if-live", text=_IF_LIVE))
    if is_unsure(sure):
        cautions.append(Notice(kind="unsure", text=_UNSURE))
    return cautions


def _plain(question: Question, asked: str, text: str) -> Answer:
    return Answer(id=question.id, question=asked, outcome=Outcome.ANSWERED, answer=text)
