"""Questions and messages that new ones are told by: how near one lies, and that the file is in step with its texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.examples import Example, Examples, Head, along, load_examples, write_examples
from assistant.precedents import Precedents
from evals.fit_examples import principal_axes, texts
from index.embedding import shipped_identity
from index.passages import question_text
from index.search import Searcher


def unit(*rows: list[float]) -> np.ndarray:
    vectors = np.array(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def made(vectors: np.ndarray) -> Examples:
    head = Head(np.array([1, 0, 0], np.float32), -0.5)
    return Examples("x", dict.fromkeys(Example, vectors), head)


def test_nearness_is_the_mean_of_the_five_nearest() -> None:
    known = made(unit(*[[1, 0, 0]] * 4, *[[0, 1, 0]] * 9))
    asked = unit([1, 0, 0])[0]
    assert known.nearness(Example.LIVE, asked) == pytest.approx(4 / 5)


def test_an_example_asked_about_does_not_speak_for_itself() -> None:
    known = made(unit([1, 0, 0], *[[0, 1, 0]] * 6))
    asked = unit([1, 0, 0])[0]
    assert known.nearness(Example.UNANSWERED, asked) == pytest.approx(1 / 5)
    assert known.nearness(Example.UNANSWERED, asked, leave_out=[0]) == pytest.approx(0)
    assert known.nearer_to_asked(asked, leave_out={Example.UNANSWERED: [0]}) == pytest.approx(1 / 5)


def test_a_concern_is_what_lies_nearer_to_reports_than_to_anything_else() -> None:
    report, other = unit([1, 0, 0]), unit([0, 1, 0])
    silent = Head(np.zeros(3, np.float32), 0.0)
    vectors = {kind: (report if kind is Example.LIVE else other).repeat(6, axis=0) for kind in Example}
    known = Examples("x", vectors, silent)
    assert known.concern(report[0]) == pytest.approx(1.0)
    assert known.concern(other[0]) == pytest.approx(-1.0)


def test_one_byte_a_number_loses_next_to_nothing(tmp_path: Path) -> None:
    vectors = unit(*np.random.default_rng(0).normal(size=(50, 384)).tolist())
    head = Head(vectors[0], 0.25)
    examples = Examples("made by", dict.fromkeys(Example, vectors), head)
    write_examples(tmp_path / "examples.npz", examples)
    read = load_examples(tmp_path / "examples.npz")
    assert (read.embedder, read.live.bias) == ("made by", 0.25)
    for kind in Example:
        assert (read.vectors[kind] * vectors).sum(axis=1).min() > 0.9995


@pytest.mark.integration
def test_the_file_is_of_the_embedder_that_ships_and_of_the_texts_as_they_are(real_searcher: Searcher) -> None:
    examples = load_examples()
    assert examples.embedder == shipped_identity().checksum
    for kind, written in texts().items():
        vectors = examples.vectors[kind]
        assert len(vectors) == len(written)
        for place in (0, len(written) // 2, len(written) - 1):
            asked = question_text(written[place], real_searcher.vocabulary)
            assert float(examples.likeness(kind, real_searcher.embedder.embed_query(asked))[place]) > 0.99
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(vectors)), abs=1e-3)


def test_along_the_longest_axes_next_to_nothing_is_lost(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    flat = unit(*(chance.normal(size=(80, 12)) @ chance.normal(size=(12, 30))).tolist())
    axes = principal_axes({Example.ASKED: flat}, axes=12)
    assert axes.T @ axes == pytest.approx(np.eye(12), abs=1e-5)
    examples = Examples("x", {kind: along(axes, flat) for kind in Example}, Head(axes[0], 0.0), axes=axes)
    assert examples.likeness(Example.ASKED, flat[3]) == pytest.approx(flat @ flat[3], abs=1e-4)
    write_examples(tmp_path / "examples.npz", examples)
    read = load_examples(tmp_path / "examples.npz")
    assert read.likeness(Example.LIVE, flat[3]) == pytest.approx(flat @ flat[3], abs=0.02)
    assert read.concern(flat[3]) == pytest.approx(examples.concern(flat[3]), abs=0.02)


def test_likeness_is_kept_for_the_latest_questions_and_never_mixed_up() -> None:
    known = made(unit([1, 0, 0], [0, 1, 0]))
    asked = unit(*np.random.default_rng(0).normal(size=(20, 3)).tolist())
    for vector in (*asked, *asked[::-1]):
        for kind, vectors in known.vectors.items():
            np.testing.assert_array_equal(known.likeness(kind, vector), vectors @ vector)
    assert len(known._latest) <= 16


def test_what_was_judged_stands_last_among_those_asked() -> None:
    vectors = unit([1, 0, 0], [0, 1, 0], [0, 0, 1])
    head = Head(np.zeros(3, np.float32), 0.0)
    taken = Precedents.of([(("doc/a",), ()), (("doc/b",), ())])
    known = Examples("x", dict.fromkeys(Example, vectors), head, taken)
    support = known.support(vectors[2])
    assert max(support, key=support.__getitem__) == "doc/b"
    assert known.support(vectors[2], leave_out=[2]).get("doc/b", 0.0) == pytest.approx(0, abs=1e-6)
