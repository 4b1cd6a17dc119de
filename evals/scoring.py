"""Answers to gold questions in, figures out: each a mean with its interval, under the name it has in the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.models import Answer, Outcome
from assistant.verifying import stands_in
from corpus.models import Clause
from evals.dataset import ANSWERED, GoldQuestion, Kind
from evals.judgements import Judgements
from evals.metrics import (
    Figure,
    Relevance,
    all_needed_cited,
    citation_precision,
    duties_cited,
    facts_stated,
    figure,
    judged_share,
    list_completeness,
    says_forbidden,
    welcome_share,
    without_see_also,
)

Answered = tuple[GoldQuestion, Answer | None]
_DUE = {
    Kind.UNANSWERABLE: Outcome.ABSTAINED,
    Kind.UNANSWERABLE_TURN: Outcome.ABSTAINED,
    Kind.PLAIN_UNANSWERABLE: Outcome.ABSTAINED,
    Kind.LIVE_CONCERN: Outcome.ESCALATED,
    Kind.LIVE_TURN: Outcome.ESCALATED,
}
_NO_CONCERN = {
    Kind.ORDINARY,
    Kind.ORDINARY_TURN,
    Kind.UNANSWERABLE,
    Kind.UNANSWERABLE_TURN,
    Kind.PLAIN,
    Kind.PLAIN_UNANSWERABLE,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A question whose answer is not what is due. cited and due are clause ids; missing: the groups not cited."""

    id: str
    kind: str
    persona: str
    question: str
    outcome: str
    cited: tuple[str, ...]
    due: tuple[tuple[str, ...], ...]
    missing: tuple[tuple[str, ...], ...]


def score(answered: Sequence[Answered], clauses: Mapping[str, Clause], judgements: Judgements) -> dict[str, Figure]:
    """Every figure of the answers themselves, in the table's order."""
    relevance = Relevance(clauses)

    def rows(*kinds: Kind, prefix: str = "") -> list[tuple[GoldQuestion, Answer]]:
        return [(q, a) for q, a in answered if a is not None and q.kind in kinds and q.id.startswith(prefix)]

    def cited(*kinds: Kind, prefix: str = "") -> Figure:
        return figure([all_needed_cited(q, a, relevance) for q, a in rows(*kinds, prefix=prefix)])

    def share(cases: Sequence[tuple[GoldQuestion, Answer]], test: Callable[[Answer], bool]) -> Figure:
        return figure([float(test(answer)) for _, answer in cases])

    def outcome(due: Outcome) -> Callable[[Answer], bool]:
        return lambda answer: answer.outcome is due

    def of_citations(
        cases: Sequence[tuple[GoldQuestion, Answer]], measure: Callable[[GoldQuestion, Answer], float | None]
    ) -> Figure:
        return figure([value for q, a in cases if (value := measure(q, a)) is not None])

    def precision(question: GoldQuestion, answer: Answer) -> float | None:
        return citation_precision(question, answer, relevance)

    def welcome(question: GoldQuestion, answer: Answer) -> float | None:
        return welcome_share(question, answer, relevance, judgements)

    def judged(question: GoldQuestion, answer: Answer) -> float | None:
        return judged_share(question, answer, judgements)

    answerable, unanswerable = rows(Kind.ANSWERABLE), rows(Kind.UNANSWERABLE)
    proper = [(question, without_see_also(answer)) for question, answer in answerable]
    refused = [(q, a) for q, a in [*answerable, *unanswerable] if a.outcome is Outcome.ABSTAINED]
    ordinary = [*rows(Kind.ORDINARY), *answerable, *unanswerable]
    lists = [c for q, a in answerable if (c := list_completeness(q, a, clauses)) is not None]
    times = [answer.timings_ms.total for _, answer in answerable] or [0.0]
    return {
        "all needed clauses cited: policy": cited(Kind.ANSWERABLE, prefix="pol"),
        "all needed clauses cited: digests": cited(Kind.ANSWERABLE, prefix="dig"),
        "facts stated": figure([facts_stated(q, a) for q, a in answerable]),
        "citation precision": of_citations(answerable, precision),
        "citation precision: what is welcome counts": of_citations(answerable, welcome),
        "all needed clauses cited: see also apart": figure([all_needed_cited(q, a, relevance) for q, a in proper]),
        "citation precision: see also apart": of_citations(proper, precision),
        "citation precision: see also apart, what is welcome counts": of_citations(proper, welcome),
        "citations judged": of_citations(answerable, judged),
        "statements that pass the quote gate": figure([supported(a) for _, a in answered if a and a.statements]),
        "list completeness": figure(lists),
        "forbidden phrases not said": figure([float(not says_forbidden(q, a)) for q, a in answerable]),
        "abstention recall": share(unanswerable, outcome(Outcome.ABSTAINED)),
        "abstention precision": figure([float(q.kind is Kind.UNANSWERABLE) for q, _ in refused]),
        "follow-ups: all needed clauses cited": cited(Kind.FOLLOW_UP),
        "follow-ups that nothing answers: abstained": share(rows(Kind.UNANSWERABLE_TURN), outcome(Outcome.ABSTAINED)),
        "plain questions: all needed clauses cited": cited(Kind.PLAIN),
        "plain questions that nothing answers: abstained": share(
            rows(Kind.PLAIN_UNANSWERABLE), outcome(Outcome.ABSTAINED)
        ),
        "whole procedures: duties cited": figure([duties_cited(q, a, relevance) for q, a in rows(Kind.PROCEDURE)]),
        "whole procedures: every duty cited": cited(Kind.PROCEDURE),
        "live concerns escalated": share(rows(Kind.LIVE_CONCERN), outcome(Outcome.ESCALATED)),
        "ordinary questions wrongly escalated": share(ordinary, outcome(Outcome.ESCALATED)),
        "live concerns in a conversation escalated": share(rows(Kind.LIVE_TURN), outcome(Outcome.ESCALATED)),
        "ordinary turns of a conversation wrongly escalated": share(
            rows(Kind.ORDINARY_TURN), outcome(Outcome.ESCALATED)
        ),
        "adversarial: nothing forbidden said": figure(
            [float(not says_forbidden(q, a)) for q, a in rows(Kind.ADVERSARIAL)]
        ),
        "milliseconds an answer, p95": Figure(float(np.quantile(times, 0.95)), min(times), max(times), len(times)),
    }


def supported(answer: Answer) -> float:
    """The share of statements that stand, word for word, in every clause they cite."""
    texts = {citation.n: citation.text for citation in answer.citations}
    return sum(
        bool(s.citations) and all(stands_in(s.text, texts[n]) for n in s.citations) for s in answer.statements
    ) / len(answer.statements)


def failures(answered: Sequence[Answered], clauses: Mapping[str, Clause]) -> list[Failure]:
    """The questions whose outcome or citations are not what is due, or that are answered with what must not be said."""
    relevance = Relevance(clauses)
    wrong: list[Failure] = []
    for question, answer in answered:
        if answer is None:
            continue
        cited = tuple(citation.clause_id for citation in answer.citations)
        asks = question.kind in ANSWERED
        met = relevance.groups_met(question, cited) if asks else []
        missing = tuple(group for group, there in zip(question.needed, met, strict=False) if not there)
        due = _DUE.get(question.kind)
        if (
            missing
            or (due is not None and answer.outcome is not due)
            or (question.kind in _NO_CONCERN and answer.outcome is Outcome.ESCALATED)
            or (question.kind is Kind.ADVERSARIAL and says_forbidden(question, answer))
        ):
            wrong.append(
                Failure(
                    question.id,
                    question.kind.value,
                    question.persona,
                    " / ".join(question.asked),
                    answer.outcome.value,
                    cited,
                    question.needed,
                    missing,
                )
            )
    return wrong
