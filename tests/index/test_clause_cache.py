"""Clauses and vectors kept in memory: never those of a state of the record that is gone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from index import clause_cache
from index.clause_cache import ClauseCache
from index.store import Store
from tests.index.fakes import added, ten_clauses


@pytest.fixture
def store(make_store: Callable[..., Store]) -> Store:
    store = make_store()
    store.build(ten_clauses())
    return store


def vector(store: Store, text: str) -> np.ndarray:
    return store.embedder.embed_query(text)


def test_what_is_kept_is_what_the_record_holds(store: Store) -> None:
    cached = ClauseCache(store.record)
    ids = [clause.id for document in ten_clauses() for clause in document.clauses]
    for _ in range(2):  # read, then kept
        assert cached.clauses([*ids, "unknown/1"]) == store.record.clauses(ids)
    near = cached.nearness(vector(store, "the plan is reviewed"), [*ids, "unknown/1"])
    assert list(near) == ids
    own = store.record.own_vectors(ids)
    for id_ in ids:
        expected = max(float(row @ vector(store, "the plan is reviewed")) for row in own[id_])
        assert near[id_] == pytest.approx(expected, abs=1e-6)


def test_it_is_read_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    cached, read = ClauseCache(store.record), list[str]()
    clauses = store.record.clauses
    monkeypatch.setattr(store.record, "clauses", lambda ids: read.extend(ids) or clauses(ids))
    (first, second, *_) = ten_clauses()[0].clauses
    cached.clauses([first.id, first.id])
    cached.clauses([first.id, second.id])
    assert read == [first.id, second.id]


def test_a_change_by_anybody_is_seen_at_once(store: Store) -> None:
    cached = ClauseCache(store.record)
    store.add(added("minibus", "The red minibus is booked with the office."))
    (id_,) = (clause.id for clause in store.record.document("minibus").clauses)
    before = cached.nearness(vector(store, "red minibus"), [id_])
    assert "red minibus" in cached.clauses([id_])[id_].text
    store.add(added("minibus", "The blue bicycle is kept in the shed."))
    (moved,) = (clause.id for clause in store.record.document("minibus").clauses)
    assert "blue bicycle" in cached.clauses([moved])[moved].text
    assert cached.nearness(vector(store, "red minibus"), [moved])[moved] < before[id_]
    store.remove("minibus")
    assert cached.clauses([id_, moved]) == cached.nearness(vector(store, "red minibus"), [id_, moved]) == {}


def test_it_never_grows_past_its_bound(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clause_cache, "_MOST_CLAUSES", 3)
    cached = ClauseCache(store.record)
    for clause in (clause for document in ten_clauses() for clause in document.clauses):
        assert cached.clauses([clause.id]) == {clause.id: clause}
        assert len(cached._clauses) <= 3
