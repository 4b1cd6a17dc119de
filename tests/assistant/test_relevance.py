"""What is known of a clause, weighed: the trees are those that were fitted, and features are what they are called."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier

from assistant import relevance as module
from assistant.relevance import FEATURES, PRECEDENT, Look, Model, Models, features, load_models, relevance
from assistant.understanding import understand
from corpus.models import ClauseKind
from evals.train_relevance import as_arrays
from index.models import SearchResult
from index.vocabulary import load_vocabulary
from tests.index.fakes import clause

UNDERSTOOD = understand("what methods are there", vocabulary=load_vocabulary())


def look(place: str, fused: float, **fields: object) -> Look:
    found = SearchResult(clause("doc", place, "A clause.", **fields), fused, 2 * fused, fused / 2, fused / 3)
    return Look(found, coverage=0.5, fit=1.0, fused=fused)


def test_the_arrays_say_what_the_fitted_trees_say(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(600, len(FEATURES)))
    labels = (rows[:, 0] + rows[:, 3] * rows[:, 5] > 0).astype(int)
    fitted = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=6, random_state=0).fit(rows, labels)
    path = tmp_path / "relevance.json"
    values = {**as_arrays(fitted), "fused_worth": 0.0, "scale": 1.0, "shift": 0.0}
    path.write_text(json.dumps({"features": list(FEATURES), "with precedents": values, "without": values}), "utf-8")
    expected = fitted.predict_proba(rows)[:, 1]
    read = load_models(path).without
    np.testing.assert_allclose(read.probabilities(rows), expected, rtol=0, atol=1e-12)
    mixed = replace(read, fused_worth=3.0, scale=0.5, shift=-1.0).probabilities(rows)
    logit = np.log(expected / (1 - expected)) + 3.0 * rows[:, FEATURES.index("fused of best")]
    np.testing.assert_allclose(mixed, 1 / (1 + np.exp(1.0 - 0.5 * logit)), rtol=0, atol=1e-9)


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "relevance.json"
    path.write_text(json.dumps({"features": ["something"]}), "utf-8")
    with pytest.raises(ValueError, match=r"fitted for other features; run `python -m evals.train_relevance`"):
        load_models(path)


def test_features_are_taken_against_the_best() -> None:
    rows = features([look("p1", 0.5), look("p2", 1.0)], UNDERSTOOD)
    assert rows.shape == (2, len(FEATURES))
    by_name = {name: rows[:, at].tolist() for at, name in enumerate(FEATURES)}
    assert by_name["fused of best"] == [0.5, 1.0]
    assert by_name["keyword of best"] == [0.5, 1.0]
    assert by_name["rank"] == pytest.approx([np.log(2), 0.0])
    assert by_name["question below best"] == pytest.approx([-1 / 6, 0.0])


def test_a_list_and_its_item_are_family_and_nobody_else_is() -> None:
    looks = [
        look("list", 0.4, kind=ClauseKind.LIST),
        look("list/1", 0.8, kind=ClauseKind.ITEM, parent_id="doc/list"),
        look("p9", 1.0, heading="Elsewhere"),
    ]
    family = features(looks, UNDERSTOOD)[:, FEATURES.index("family")]
    assert family.tolist() == pytest.approx([0.8, 0.4, 0.0])


def test_nothing_found_is_nothing_weighed() -> None:
    assert relevance([], UNDERSTOOD) == []


def test_more_of_what_speaks_for_a_clause_never_speaks_against_it() -> None:
    models = load_models()
    random = np.random.default_rng(1)
    rows = random.uniform(0, 1, size=(200, len(FEATURES)))
    for name in ("question", "text", "companion", "fused of best", PRECEDENT):
        more = rows.copy()
        more[:, FEATURES.index(name)] += 0.3
        for model in (models.with_precedents, models.without):
            assert (model.probabilities(more) >= model.probabilities(rows) - 1e-12).all(), name


def test_what_no_question_is_known_for_is_weighed_without_precedents(monkeypatch: pytest.MonkeyPatch) -> None:
    """An added document must not lose because nobody has asked about it yet."""

    def always(probability: float) -> Model:
        leaf = np.zeros((1, 1), np.int64)
        return Model(leaf, leaf * 0.0, leaf, leaf, leaf * 0.0, np.log(probability / (1 - probability)), 0.0, 1.0, 0.0)

    monkeypatch.setattr(module, "load_models", lambda: Models(with_precedents=always(0.2), without=always(0.7)))
    looks = [replace(look("p1", 0.5), precedent=0.0), look("p2", 0.5)]
    assert relevance(looks, UNDERSTOOD) == pytest.approx([0.2, 0.7])


PLACES = st.sampled_from(["list", "list/1", "list/2", "p1", "p2", "other", "other/1"])


@given(st.dictionaries(PLACES, st.tuples(st.floats(0.01, 1.0), st.sampled_from(["A", "B"])), min_size=1))
def test_the_best_of_family_and_section_are_those_found_by_looking_at_every_pair(
    found: dict[str, tuple[float, str]],
) -> None:
    looks = [
        look(place, fused, heading_path=(heading,), parent_id=f"doc/{place[:-2]}" if "/" in place else "")
        for place, (fused, heading) in found.items()
    ]
    best = max(one.fused for one in looks)
    rows = features(looks, UNDERSTOOD)
    for row, one in zip(rows, looks, strict=True):
        mine = one.result.clause
        others = [(other.result.clause, other.fused) for other in looks if other is not one]
        family = [fused for other, fused in others if other.id == mine.parent_id or other.parent_id == mine.id]
        section = [fused for other, fused in others if other.heading_path == mine.heading_path]
        assert row[FEATURES.index("family")] == max(family, default=0.0) / best
        assert row[FEATURES.index("section")] == max(section, default=0.0) / best
