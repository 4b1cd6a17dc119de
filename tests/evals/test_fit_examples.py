"""What the examples are checked by: each message against the others, never against itself."""

from __future__ import annotations

import numpy as np

from assistant.examples import NEAREST, Example, load_examples
from evals.fit_examples import labelled, nearness_without_itself, texts, turns, unanswered


def test_nearness_goes_by_parts_as_it_would_at_once() -> None:
    rows = np.random.default_rng(0).normal(size=(2300, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    split = 300
    likeness = rows @ rows.T
    np.fill_diagonal(likeness, -1.0)
    for found, part in zip(
        nearness_without_itself(rows, split), (likeness[:, :split], likeness[:, split:]), strict=True
    ):
        np.testing.assert_allclose(found, np.sort(part, axis=1)[:, -NEAREST:].mean(axis=1), atol=1e-5)


def test_each_question_knows_its_own_places_among_the_examples() -> None:
    """Calibration leaves a question out by its places: one place off, and it would be told by itself."""
    written = texts()
    for one in unanswered():
        assert [written[Example.UNANSWERED][place] for place in one.places[Example.UNANSWERED]] == [one.text]
    for one in labelled():
        assert one.text in [written[Example.ASKED][place] for place in one.places[Example.ASKED]]
    for one in turns():
        own = Example.ASKED if one.answerable else Example.TOPIC_UNANSWERED
        typed = Example.TURN_ASKED if one.answerable else Example.TURN_UNANSWERED
        assert one.text in [written[own][place] for place in one.places[own]]
        assert one.turn in [written[typed][place] for place in one.places[typed]]
    for kind, vectors in load_examples().vectors.items():
        assert len(vectors) == len(written[kind]), f"{kind}: run `python -m evals.fit_examples`"
