"""Whether what was found answers the question: a probability, calibrated on questions written for training."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from assistant.candidates import Candidate
from assistant.evidence import holds, name_asked_about
from assistant.examples import Example, knows_examples, load_examples
from assistant.understanding import Understanding
from index.search import Searcher

CALIBRATION_PATH = Path(__file__).with_name("calibration.json")
_BEST = 5  # clauses looked at
_CLOSE = 0.6  # of the best score: what is further off holds its sums and names for something else
# From this cosine on it is a question written for a clause, or known to be answered, word for word, whatever else it
# resembles: "who is the dsl at bushey meads" lies among many names that nothing gives. Of 500 of those written for a
# clause that are not among the examples seven would be refused. Of 3,259 that nothing answers, which the embedder has
# not seen, five that are refused lie at 0.9 or above of one written for a clause, and none here.
_AS_WRITTEN = 0.97
_WORDS_WORTH = 0.8  # shared words say less than nearness in meaning


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against an answer being there, over the best clauses found.

    relevant: the best probability of belonging in the answer; nearest: the best of three looks at the same thing:
    cosine with a question written for a clause, cosine with the clause's words, and how much of the question's
    telling words it holds; unknown: the share of the question's words that no clause has; kind: whether the kind of
    thing asked for (a person, a sum, a date) is there; nearer: how much nearer the question lies to those that clauses
    answer than to those that nothing answers, as a difference of cosines; turn_nearer, turn: the same of what was
    typed, where the question is that with its topic, among all questions and among such turns; 0 where it is not.
    asked: the cosine with the nearest question that clauses answer, 0 where one that nothing answers is as near.
    """

    relevant: float
    nearest: float
    unknown: float
    kind: float
    nearer: float
    turn_nearer: float = 0.0
    turn: float = 0.0
    asked: float = 0.0


@dataclass(frozen=True, slots=True)
class Confidence:
    """score: how likely the question is answered by what was found, 0 to 1; threshold: from where it is answered;
    unsure: below it an answer says that it may not be what was asked."""

    score: float
    threshold: float
    unsure: float
    signs: Signs

    @property
    def as_written(self) -> bool:
        """Whether it is, word for word, a question that a clause is known to answer."""
        return max(self.signs.nearest, self.signs.asked) >= _AS_WRITTEN

    @property
    def answered(self) -> bool:
        return self.score >= self.threshold or self.as_written


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model over some of the signs, as evals/calibrate.py fits it."""

    weights: Mapping[str, float]
    bias: float
    threshold: float
    unsure: float

    def score(self, seen: Signs) -> float:
        values = asdict(seen)
        total = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-total))


@dataclass(frozen=True, slots=True)
class Calibrations:
    """shipped: for the documents that ship, of which it is known what they do not answer; added: for those a user
    added, of which it is not; turns: as shipped, for a turn that was read with its topic. That makes what is asked for
    a smaller part of what is compared."""

    shipped: Calibration
    added: Calibration
    turns: Calibration


def signs(
    searcher: Searcher,
    understanding: Understanding,
    ranked: Sequence[Candidate],
    *,
    turn: str = "",
    leave_out: Mapping[Example, Sequence[int]] | None = None,
) -> Signs:
    """The signs of a question and what was found for it; the least where nothing was.

    turn: what was typed, where the question is that with its topic. leave_out: the places among the examples of the
    question itself, when they are what is calibrated on.
    """
    best = ranked[:_BEST]
    terms = understanding.terms
    if not best:
        return Signs(0.0, 0.0, 1.0, 0.0, -1.0)
    nearer, *of_turn = _nearer(searcher, understanding.text, turn, leave_out or {})
    return Signs(
        relevant=best[0].score,
        nearest=max(max(c.question_score, c.vector_score, _WORDS_WORTH * c.coverage) for c in best),
        unknown=sum(term not in searcher.term_counts for term in terms) / max(1, len(terms)),
        kind=float(
            any(holds(understanding.intent, c.clause.full_text) for c in best if c.score >= _CLOSE * best[0].score)
        ),
        nearer=nearer,
        turn_nearer=of_turn[0],
        turn=of_turn[1],
        asked=of_turn[2],
    )


def _nearer(
    searcher: Searcher, question: str, turn: str, leave_out: Mapping[Example, Sequence[int]]
) -> tuple[float, float, float, float]:
    """The signs nearer, turn_nearer, turn and asked."""
    if not knows_examples(searcher):
        return 0.0, 0.0, 0.0, 0.0
    examples = load_examples()
    vector = searcher.vector_of(question)
    if not turn:
        asked, other = (float(examples.likeness(kind, vector).max()) for kind in (Example.ASKED, Example.UNANSWERED))
        as_asked = asked if asked > other else 0.0
        return examples.nearer_to_asked(vector, leave_out=leave_out), 0.0, 0.0, as_asked
    typed = searcher.vector_of(turn)
    nearer = examples.topic_nearer_to_asked(vector, leave_out=leave_out)
    by_itself = examples.nearer_to_asked(typed, leave_out=leave_out)
    return nearer, by_itself, examples.turn_nearer_to_asked(typed, leave_out=leave_out), 0.0


def confidence(
    searcher: Searcher, understanding: Understanding, ranked: Sequence[Candidate], *, turn: str = ""
) -> Confidence:
    """How sure it is that the clauses found answer the question. turn: what was typed, where the question is that with
    its topic."""
    seen = signs(searcher, understanding, ranked, turn=turn)
    models = load_calibration()
    known = models.turns if turn else models.shipped
    fitting = [known] if knows_examples(searcher) else [models.added]
    if any(candidate.document.origin == "added" for candidate in ranked[:_BEST]):
        fitting.append(models.added)
    found = [Confidence(model.score(seen), model.threshold, model.unsure, seen) for model in fitting]
    sure = max(found, key=lambda one: one.score - one.threshold)
    nothing = not ranked or _is_unheard_of(searcher, name_asked_about(understanding.text))
    return replace(sure, score=0.0) if nothing else sure


def _is_unheard_of(searcher: Searcher, name: str) -> bool:
    """Whether a name stands in no clause, and in none of the vocabulary's names: what it means no clause can say, near
    as others may lie."""
    terms = searcher.vocabulary.terms(name)
    if not terms:
        return False
    known = {stem for concept in searcher.vocabulary.concepts for form in concept.forms for stem in form}
    return not known & set(terms) and not any(map(searcher.stands_in_a_clause, terms))


def is_unsure(sure: Confidence) -> bool:
    """Whether an answer should say that it may not be what was asked."""
    return sure.answered and sure.score < sure.unsure and not sure.as_written


@cache
def load_calibration() -> Calibrations:
    values = json.loads(CALIBRATION_PATH.read_text("utf-8"))
    return Calibrations(**{name: Calibration(**fitted) for name, fitted in values.items()})
