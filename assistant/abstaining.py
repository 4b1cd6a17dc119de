"""Whether what was found answers the question: the kind of thing asked, about the thing asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evidence import holds
from assistant.selecting import Candidate
from assistant.understanding import Understanding

# Calibrated on the development split of the gold questions; see evals/README.md.
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Confidence:
    """score (0 to 1): from THRESHOLD on the question is answered. The parts are kept for `--explain`."""

    score: float
    coverage: float
    similarity: float
    kind_found: bool


def confidence(understanding: Understanding, chosen: Sequence[Candidate]) -> Confidence:
    """How sure it is that the chosen clauses answer; 0 where there are none."""
    if not chosen:
        return Confidence(0.0, 0.0, 0.0, False)
    coverage = max(candidate.coverage for candidate in chosen)
    similarity = max(candidate.vector_score for candidate in chosen)
    kind = any(holds(understanding.intent, candidate.clause.full_text) for candidate in chosen)
    score = 0.6 * coverage + 0.8 * max(0.0, similarity - 0.25)
    return Confidence(score if kind else 0.5 * score, coverage, similarity, kind)
