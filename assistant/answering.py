"""A question in, an answer out: understand, search, select, compose, verify, or abstain. Read this file first."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant import editions
from assistant.abstaining import THRESHOLD, Confidence, confidence
from assistant.composing import Draft, citation, drafts, layer_of, markdown
from assistant.conversation import resolve
from assistant.models import Answer, Citation, Notice, Outcome, Question, Statement, Timings
from assistant.questions import check_question
from assistant.safety import act_now, is_live_concern
from assistant.selecting import Candidate, candidates, select
from assistant.smalltalk import small_talk
from assistant.understanding import Understanding, school_named, understand
from assistant.verifying import passed
from corpus.models import Stage
from corpus.register import Register, load_register
from index.search import Searcher

_DSL_SECTION = "cwsw/name-of-the-designated-safeguarding-lead"
_CONCERN_SEARCH = "child protection concern: what staff must do, disclosure, speak to the designated safeguarding lead"
_STAGE_ORDER = list(Stage)


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an answer came about, for `--explain`."""

    understanding: Understanding
    confidence: Confidence
    ranked: tuple[tuple[str, float, float], ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "understanding": self.understanding.as_dict(),
            "confidence": {name: getattr(self.confidence, name) for name in Confidence.__dataclass_fields__},
            "ranked": [{"clause": c, "score": round(s, 3), "coverage": round(v, 3)} for c, s, v in self.ranked],
        }


class Assistant:
    """Answers from one searcher. Thread-safe: it keeps nothing between questions."""

    def __init__(self, searcher: Searcher, *, register: Register | None = None, today: dt.date | None = None) -> None:
        self.searcher = searcher
        self.register = register or load_register()
        self.today = today or dt.date.today()

    def answer(self, question: Question) -> Answer:
        """Answer the last turn. Raises BadQuestionError for a turn that cannot be read."""
        return self.explain(question)[0]

    def explain(self, question: Question) -> tuple[Answer, Explanation | None]:
        """The answer, and how it came about; None where nothing was searched for."""
        started = time.perf_counter()
        turns = [check_question(turn) for turn in question.turns]
        if is_live_concern(turns[-1]):
            return self._timed(self._escalated(question, turns[-1]), started, 0.0), None
        reply = small_talk(turns[-1])
        if reply is not None:
            return self._timed(_plain(question, turns[-1], reply), started, 0.0), None
        text = resolve(self._sound(turns), vocabulary=self.searcher.vocabulary)
        understanding = self._understand(text, question)
        searched = time.perf_counter()
        ranked = candidates(self.searcher, understanding)
        search_ms = (time.perf_counter() - searched) * 1000
        chosen = select(self.searcher, understanding, ranked)
        sure = confidence(understanding, chosen)
        answer = (
            self._answered(question, turns[-1], understanding, chosen)
            if sure.score >= THRESHOLD
            else self._abstained(question, turns[-1], ranked)
        )
        explanation = Explanation(understanding, sure, tuple((c.clause.id, c.score, c.coverage) for c in ranked[:20]))
        return self._timed(answer, started, search_ms), explanation

    def _understand(self, text: str, question: Question) -> Understanding:
        mended = self.searcher.speller.mend(text)
        return understand(mended, vocabulary=self.searcher.vocabulary, school=question.school, role=question.role)

    def _sound(self, turns: Sequence[str]) -> list[str]:
        """The turns without those that reported a concern or were small talk: they must not colour the next."""
        earlier = [turn for turn in turns[:-1] if not is_live_concern(turn) and small_talk(turn) is None]
        return [*earlier, turns[-1]]

    def _answered(
        self, question: Question, asked: str, understanding: Understanding, chosen: Sequence[Candidate]
    ) -> Answer:
        written = _in_order(drafts(chosen, understanding, self.searcher.vocabulary))
        citations = [self._citation(n, draft) for n, draft in enumerate(written, start=1)]
        statements = [
            Statement(text=draft.text, citations=(n,), layer=draft.layer, stage=draft.clause.stage.value)
            for n, draft in enumerate(written, start=1)
        ]
        kept = passed(statements, {c.n: c.text for c in citations})
        if not kept:
            return self._abstained(question, asked, chosen)
        relied_on = {n for statement in kept for n in statement.citations}
        said = [draft for n, draft in enumerate(written, start=1) if n in relied_on]
        return Answer(
            id=question.id,
            question=asked,
            outcome=Outcome.ANSWERED,
            answer=markdown(kept, {n: d.clause for n, d in enumerate(written, start=1)}, understanding),
            statements=tuple(kept),
            citations=tuple(c for c in citations if c.n in relied_on),
            notices=tuple(editions.notices(said, register=self.register, on=self.today)),
        )

    def _abstained(self, question: Question, asked: str, ranked: Sequence[Candidate]) -> Answer:
        nearest = [Draft(c.clause.full_text, c.clause, c.document, layer_of(c.clause, c.document)) for c in ranked[:3]]
        titles = [document.title for document in self.searcher.documents.values()]
        searched = f"{len(titles)} documents, among them {', '.join(titles[:3])}" if titles else "no document"
        text = (
            f"The documents I hold do not answer this. I searched {searched}. "
            "Ask your designated safeguarding lead or designated teacher, or the school office."
        )
        return Answer(
            id=question.id,
            question=asked,
            outcome=Outcome.ABSTAINED,
            answer=text,
            nearest=tuple(self._citation(n, draft) for n, draft in enumerate(nearest, start=1)),
            notices=(Notice(kind="not-answered", text="Nothing found answers the question; the nearest clauses are shown as such."),),
        )  # fmt: skip

    def _escalated(self, question: Question, asked: str) -> Answer:
        """What to do now, before anything else; then what the documents say of such concerns."""
        school = school_named(asked) or (school_named(question.school) if question.school else None)
        names = self._dsl_clauses(school)
        title, steps, limits = act_now(dsl=names[0].clause.text.partition(": ")[2] if school and names else "")
        understanding = self._understand(_CONCERN_SEARCH, question)
        found = [c for c in candidates(self.searcher, understanding) if c.document.id.startswith("dfe-kcsie")][:4]
        written = [*names, *drafts(found, understanding, self.searcher.vocabulary)]
        citations = [self._citation(n, draft) for n, draft in enumerate(written, start=1)]
        statements = passed(
            [
                Statement(text=draft.text, citations=(n,), layer=draft.layer, stage=draft.clause.stage.value)
                for n, draft in enumerate(written, start=1)
            ],
            {c.n: c.text for c in citations},
        )
        first = f"**{title}**\n\n" + "\n".join(f"{n}. {step}" for n, step in enumerate(steps, start=1))
        below = markdown(statements, {n: d.clause for n, d in enumerate(written, start=1)}, understanding)
        kept = {n for statement in statements for n in statement.citations}
        return Answer(
            id=question.id,
            question=asked,
            outcome=Outcome.ESCALATED,
            answer=f"{first}\n\n{limits}\n\n{below}".strip(),
            statements=tuple(statements),
            citations=tuple(c for c in citations if c.n in kept),
            notices=(
                Notice(kind="act-now", text=" ".join([*steps, limits])),
                *editions.notices(written, register=self.register, on=self.today),
            ),
        )

    def _dsl_clauses(self, school: str | None) -> list[Draft]:
        """The policy's named DSL of the school, or of every school where none is known."""
        items = self.searcher.record.items_of([f"{_DSL_SECTION}/list"]).get(f"{_DSL_SECTION}/list", [])
        named = [clause for clause in items if school is None or school_named(clause.text) == school]
        return [
            Draft(clause.full_text, clause, document, layer_of(clause, document))
            for clause in named
            if (document := self.searcher.documents.get(clause.document_id)) is not None
        ]

    def _citation(self, n: int, draft: Draft) -> Citation:
        force = editions.in_force(draft.clause, draft.document, register=self.register, on=self.today)
        return citation(n, draft, register=self.register, in_force=force)

    @staticmethod
    def _timed(answer: Answer, started: float, search_ms: float) -> Answer:
        total = (time.perf_counter() - started) * 1000
        return answer.model_copy(update={"timings_ms": Timings(search=round(search_ms, 1), total=round(total, 1))})


def _in_order(written: Sequence[Draft]) -> list[Draft]:
    return list(written)


def _plain(question: Question, asked: str, text: str) -> Answer:
    return Answer(id=question.id, question=asked, outcome=Outcome.ANSWERED, answer=text)
