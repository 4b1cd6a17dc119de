"""Figures from answers, each with its confidence interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.models import Answer
from corpus.models import Clause, ClauseKind
from evals.dataset import GoldQuestion, states
from evals.judgements import Judgements

_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over n cases with its 95% bootstrap interval."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.1%} [{self.low:.1%}, {self.high:.1%}] (n={self.n})" if self.n else "no cases"


def figure(values: Sequence[float], *, seed: int = 0) -> Figure:
    """The mean with its percentile bootstrap interval; the same values give the same interval."""
    if not values:
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    sample = np.asarray(values, dtype=float)
    draws = np.random.default_rng(seed).integers(0, len(sample), size=(_RESAMPLES, len(sample)))
    means = sample[draws].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Figure(float(sample.mean()), float(low), float(high), len(sample))


class Relevance:
    """Which citations satisfy which needed clauses: a list says all of its items, an item part of its list."""

    def __init__(self, clauses: Mapping[str, Clause]) -> None:
        self._clauses = clauses

    def groups_met(self, question: GoldQuestion, cited: Sequence[str]) -> list[bool]:
        """For each needed group, whether a cited clause is it or a list that holds it."""
        said = set(cited)
        for clause_id, clause in self._clauses.items():
            above = clause.parent_id
            while above:
                parent = self._clauses.get(above)
                if parent is None:
                    break
                if above in said and parent.kind is ClauseKind.LIST:
                    said.add(clause_id)
                above = parent.parent_id
        return [any(id_ in said for id_ in group) for group in question.needed]

    def is_relevant(self, question: GoldQuestion, cited: str) -> bool:
        """Whether a citation is a needed clause, a list that holds one, or an item of one."""
        wanted = {id_ for group in question.needed for id_ in group}
        family = {cited}
        clause = self._clauses.get(cited)
        while clause is not None and clause.parent_id:
            family.add(clause.parent_id)
            clause = self._clauses.get(clause.parent_id)
        above = {parent for id_ in wanted for parent in self._ancestors(id_)}
        return bool(family & wanted) or cited in above

    def _ancestors(self, clause_id: str) -> set[str]:
        found: set[str] = set()
        clause = self._clauses.get(clause_id)
        while clause is not None and clause.parent_id:
            found.add(clause.parent_id)
            clause = self._clauses.get(clause.parent_id)
        return found


def all_needed_cited(question: GoldQuestion, answer: Answer, relevance: Relevance) -> float:
    """1.0 where every needed group is cited."""
    return float(all(relevance.groups_met(question, [citation.clause_id for citation in answer.citations])))


def duties_cited(question: GoldQuestion, answer: Answer, relevance: Relevance) -> float:
    """The share of the needed groups that are cited."""
    met = relevance.groups_met(question, [citation.clause_id for citation in answer.citations])
    return sum(met) / len(met)


def citation_precision(question: GoldQuestion, answer: Answer, relevance: Relevance) -> float | None:
    """The share of citations that are relevant; None where there are none."""
    if not answer.citations:
        return None
    return sum(relevance.is_relevant(question, c.clause_id) for c in answer.citations) / len(answer.citations)


def welcome_share(question: GoldQuestion, answer: Answer, relevance: Relevance, judgements: Judgements) -> float | None:
    """The share of citations that are relevant, or judged worth reading beside what is; None where there are none.

    What nobody judged counts as noise.
    """
    if not answer.citations:
        return None
    welcome = [
        relevance.is_relevant(question, c.clause_id) or bool(judgements.grade(question.id, c.clause_id))
        for c in answer.citations
    ]
    return sum(welcome) / len(welcome)


def judged_share(question: GoldQuestion, answer: Answer, judgements: Judgements) -> float | None:
    """The share of citations that somebody judged; None where there are none."""
    if not answer.citations:
        return None
    judged = [judgements.grade(question.id, c.clause_id) is not None for c in answer.citations]
    return sum(judged) / len(judged)


def without_see_also(answer: Answer) -> Answer:
    """The answer with only the citations that what it says relies on, not those that stand beside it."""
    said = {n for statement in answer.statements if not statement.see_also for n in statement.citations}
    return answer.model_copy(update={"citations": tuple(c for c in answer.citations if c.n in said)})


def list_completeness(question: GoldQuestion, answer: Answer, clauses: Mapping[str, Clause]) -> float | None:
    """The share of a needed list's items that the answer says; None where no list is needed whole.

    A list is needed whole where the first clause of a group, the best one, is a list.
    """
    wanted = [group[0] for group in question.needed if clauses[group[0]].kind is ClauseKind.LIST]
    if not wanted:
        return None
    said = _squeezed(" ".join(statement.text for statement in answer.statements))
    items = [clause for clause in clauses.values() if clause.parent_id in wanted]
    return sum(_squeezed(item.text) in said for item in items) / len(items) if items else None


def facts_stated(question: GoldQuestion, answer: Answer) -> float:
    """The share of fact groups of which the answer states one."""
    if not question.facts:
        return 1.0
    said = " ".join(statement.text for statement in answer.statements) + " " + answer.answer
    return sum(any(states(said, fact) for fact in facts) for facts in question.facts) / len(question.facts)


def says_forbidden(question: GoldQuestion, answer: Answer) -> bool:
    """Whether the answer says what it must not."""
    return any(states(answer.answer, phrase) for phrase in question.must_not)


def _squeezed(text: str) -> str:
    return " ".join(text.split())
