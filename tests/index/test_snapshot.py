"""The Chroma folder: made from the record whenever it is missing or damaged, never under a reader's feet."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.models import Document
from index import collection
from index import snapshot as snapshots
from index.models import SearchFilter, SearchMode
from index.search import Searcher
from index.snapshot import Snapshot, VectorSearch, build_snapshot, latest_snapshot, snapshot_for
from index.store import Store
from tests.index.fakes import HashingEmbedder, added, ten_clauses

MakeStore = Callable[..., Store]
HNSW_FILES = ("data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin")
ADOPTED = "cwsw/adoption/1"


def answers(store: Store) -> None:
    """A new searcher finds what is there, by vectors alone."""
    search = store.searcher().search
    assert search("adopted from care keep their support", mode=SearchMode.VECTOR)[0].clause.id == ADOPTED
    among_policy = SearchFilter(document_ids=("dfe-kcsie-2025",))
    assert {r.clause.document_id for r in search("worry", mode=SearchMode.VECTOR, filters=among_policy)} == {
        "dfe-kcsie-2025"
    }


def published(store: Store) -> list[Path]:
    return sorted(path for path in (store.data_dir / "snapshots").iterdir() if not path.name.startswith("."))


def newest(store: Store) -> Path:
    return published(store)[-1]


def the_file(store: Store, name: str) -> Path:
    (path,) = newest(store).rglob(name)
    return path


def never(*_: object, **__: object) -> Any:
    raise AssertionError("this was not to be called")


def held(snapshot: Snapshot) -> dict[str, tuple[Any, ...]]:
    """Every passage of a collection with its text, metadata and vector."""
    search = VectorSearch(snapshot)
    got = search.collection.get(include=["documents", "metadatas", "embeddings"])
    search.close()
    rows = zip(got["ids"], got["documents"], got["metadatas"], got["embeddings"], strict=True)
    return {id_: (text, dict(metadata), vector.tolist()) for id_, text, metadata, vector in rows}


@pytest.fixture
def built(make_store: MakeStore, shipped: list[Document]) -> MakeStore:
    """Opens an index of the ten clauses."""
    make_store().build(shipped)
    return make_store


def test_a_missing_folder(built: MakeStore) -> None:
    shutil.rmtree(built().data_dir / "snapshots")
    answers(built())


def test_a_folder_of_another_embedder_is_not_opened(built: MakeStore, embedder: HashingEmbedder) -> None:
    store, other = built(), HashingEmbedder(seed=1)
    root = store.data_dir / "snapshots"
    assert snapshot_for(root, store.record, embedder.identity)
    assert snapshot_for(root, store.record, other.identity) is None
    assert latest_snapshot(root, other.identity) is None


@pytest.mark.parametrize("name", ["chroma.sqlite3", "manifest.json", *HNSW_FILES])
def test_garbage_in_a_file(built: MakeStore, name: str) -> None:
    store = built()
    path, folder = the_file(store, name), newest(store)
    path.write_bytes(random.Random(name).randbytes(max(path.stat().st_size, 100)))
    answers(store)
    assert newest(store) != folder
    assert (newest(store) / "manifest.json").exists()
    answers(built())


@pytest.mark.parametrize("name", ["chroma.sqlite3", "manifest.json", "data_level0.bin"])
def test_a_file_that_is_gone(built: MakeStore, name: str) -> None:
    store = built()
    the_file(store, name).unlink()
    answers(store)
    answers(built())


@pytest.mark.parametrize("name", ["chroma.sqlite3", "data_level0.bin"])
def test_a_file_cut_short(built: MakeStore, name: str) -> None:
    store = built()
    path = the_file(store, name)
    os.truncate(path, path.stat().st_size // 2)
    answers(store)


def test_garbage_that_shows_only_when_a_filter_reads_it(built: MakeStore) -> None:
    store, folder = built(), newest(built())
    path = the_file(store, "chroma.sqlite3")
    with sqlite3.connect(path) as database:
        (size,) = database.execute("PRAGMA page_size").fetchone()
        pages = database.execute("SELECT pageno FROM dbstat WHERE name LIKE '%embedding_metadata%'").fetchall()
    database.close()
    with path.open("r+b") as file:
        for (number,) in pages:
            file.seek((number - 1) * size)
            file.write(b"\xa5" * size)
    searcher = store.searcher()
    assert searcher.search("adopted")
    assert newest(store) == folder
    found = searcher.search("worry", filters=SearchFilter(document_ids=("dfe-kcsie-2025",)), mode=SearchMode.VECTOR)
    assert found[0].clause.id == "dfe-kcsie-2025/item-54"
    assert newest(store) != folder


def test_damage_under_an_open_reader(built: MakeStore) -> None:
    store = built()
    reader = store.searcher()
    assert reader.search("adopted")
    the_file(store, "data_level0.bin").write_bytes(b"\xa5" * 5000)
    answers(built())
    assert reader.search("adopted")[0].clause.id == ADOPTED


def test_a_question_that_chroma_refuses_is_no_damage(built: MakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    searcher = built().searcher()
    monkeypatch.setattr("index.store.build_snapshot", never)
    with pytest.raises(Exception, match="dimension"):
        searcher.vectors.search(np.ones(3, np.float32), limit=5)
    assert searcher.search("adopted from care")[0].clause.id == ADOPTED


def test_touched_but_whole_is_accepted(built: MakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store, folder = built(), newest(built())
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    monkeypatch.setattr("index.store.build_snapshot", never)
    answers(store)
    assert newest(store) == folder
    monkeypatch.setattr(snapshots, "_probe", never)
    answers(built())


def test_reading_does_not_change_the_folder(built: MakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "_probe", never)
    before = {path: path.stat().st_mtime_ns for path in newest(built()).rglob("*.[bp]*")}
    assert len(before) == len(HNSW_FILES)
    for _ in range(3):
        answers(built())
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_copied_data_directory(built: MakeStore, tmp_path: Path) -> None:
    shutil.copytree(built().data_dir, tmp_path / "copy", copy_function=shutil.copy)
    answers(built(data_dir=tmp_path / "copy"))


def test_a_half_built_folder_is_ignored_and_swept(built: MakeStore) -> None:
    store = built()
    half = store.data_dir / "snapshots" / ".building-abc"
    shutil.copytree(newest(store), half)
    answers(built())
    assert half.exists()
    store.add(added("guide", "Zebras gallop."))
    assert not half.exists()
    answers(built())


def test_a_folder_of_another_format_is_not_opened(built: MakeStore) -> None:
    store, folder = built(), newest(built())
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 1}))
    answers(store)
    assert newest(store) != folder


def test_the_folder_of_a_record_that_was_moved_away(built: MakeStore, shipped: list[Document]) -> None:
    built().add(added("guide", "Zebras gallop."))
    for path in built().data_dir.glob("record.sqlite3*"):
        path.unlink()
    store = built()
    store.build(shipped[1:])
    store.add(added("other", "Quaggas graze."))
    assert store.searcher().search("quaggas", mode=SearchMode.VECTOR)[0].clause.id == "other/p1"
    assert store.searcher().vectors.collection.count() == 6


def test_two_folders_are_kept(built: MakeStore) -> None:
    for number in range(4):
        built().add(added(f"guide-{number}", f"Zebras gallop {number}."))
    assert len(published(built())) == 2


def nearest(reader: Searcher) -> str:
    vector = reader.embedder.embed_query("After adoption: Pupils who were adopted from care keep their support.")
    found = reader.vectors.search(vector, limit=5).words
    return max(found, key=lambda clause_id: found[clause_id])


def test_a_reader_goes_on_while_a_writer_publishes(built: MakeStore) -> None:
    reader = built().searcher()
    assert nearest(reader) == ADOPTED
    for number in range(4):
        built().add(added(f"guide-{number}", f"Zebras gallop {number}."))
        assert nearest(reader) == ADOPTED


def test_a_reader_that_had_not_read_yet_goes_on(built: MakeStore) -> None:
    reader = built().searcher()
    for number in range(4):
        built().add(added(f"guide-{number}", f"Zebras gallop {number}."))
    assert nearest(reader) == ADOPTED


def test_readers_in_threads_while_a_writer_publishes(built: MakeStore) -> None:
    reader, done, found, errors = built().searcher(), threading.Event(), [], []

    def ask() -> None:
        try:
            while not done.is_set():
                found.append(nearest(reader))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(3):
        built().add(added(f"guide-{number}", f"Zebras gallop {number}."))
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert set(found) == {ADOPTED}


def test_a_long_running_searcher_stays_right(built: MakeStore) -> None:
    built().add(added("guide", "Zebras gallop.", "Quaggas graze."))
    reader = built().searcher()
    assert reader.search("zebras gallop")[0].clause.id == "guide/p1"
    built().add(added("guide", "Okapis rest.", "Quaggas graze at night."))
    for found in (reader.search("zebras gallop"), reader.search("quaggas graze"), reader.search("okapis rest")):
        texts = {result.clause.id: result.clause.text for result in found}
        assert texts.get("guide/p1", "Okapis rest.") == "Okapis rest.", "what is gone is not quoted"
        assert texts.get("guide/p2", "Quaggas graze at night.") == "Quaggas graze at night."
    built().remove("guide")
    assert not any(result.clause.document_id == "guide" for result in reader.search("zebras quaggas okapis"))
    assert reader.search("adopted from care")[0].clause.id == ADOPTED


def test_a_long_running_searcher_meets_a_later_document(built: MakeStore) -> None:
    reader = built().searcher()
    assert reader.search("adopted from care")[0].clause.id == ADOPTED
    built().add(added("guide", "Pupils who were adopted gallop."))
    assert reader.search("pupils who were adopted")


def test_continued_is_equal_to_built_whole(
    make_store: MakeStore, tmp_path: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, chance = make_store(), random.Random(7)
    store.build(ten_clauses())
    continued: list[bool] = []
    real = collection.continue_collection

    def counted(*arguments: Any, **options: Any) -> int | None:
        stale = real(*arguments, **options)
        continued.append(stale is not None)
        return stale

    monkeypatch.setattr(snapshots, "continue_collection", counted)
    words = "zebra quagga okapi heath graze gallop night rest care school".split()
    for turn in range(12):
        id_ = f"guide-{chance.randrange(4)}"
        if chance.random() < 0.3 and any(s.document.id == id_ for s in store.record.documents()):
            store.remove(id_)
        else:
            texts = [f"{' '.join(chance.choices(words, k=6))}." for _ in range(chance.randrange(1, 4))]
            store.add(added(id_, *texts))
        made = snapshot_for(store.data_dir / "snapshots", store.record, embedder.identity)
        assert made is not None
        if turn % 3 == 2:
            whole = build_snapshot(tmp_path / f"whole-{turn}", store.record, embedder.identity)
            assert held(made) == held(whole)
            one, other = VectorSearch(made), VectorSearch(whole)
            for word in words:
                vector = embedder.embed_query(word)
                assert one.search(vector, limit=99).words == pytest.approx(
                    other.search(vector, limit=99).words, abs=1e-5
                )
    assert 12 > sum(continued) > 6, "some of the twelve were built whole, most were not"


def test_a_change_of_one_document_writes_only_it(built: MakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "fill_collection", never)
    real, written = collection._add, []

    def add(to: Any, record: Any, document_ids: list[str], progress: Any) -> None:
        written.extend(document_ids)
        real(to, record, document_ids, progress)

    monkeypatch.setattr(collection, "_add", add)
    built().add(added("guide", "Zebras gallop."))
    built().add(added("guide", "Quaggas graze."))
    built().remove("guide")
    assert written == ["guide", "guide"]
    answers(built())


def test_where_most_was_replaced_it_is_built_whole(built: MakeStore, shipped: list[Document]) -> None:
    def stale() -> int:
        return int(json.loads((newest(built()) / "manifest.json").read_text())["stale"])

    built().add(added("guide", "One.", "Two."))
    built().add(added("guide", "Three.", "Four."))
    assert stale() == 2
    built().add(added("guide", "Five.", "Six."))
    built().add(added("guide", "Seven.", "Eight."))
    assert stale() == 6
    built().add(added("guide", "Nine.", "Ten."))
    assert stale() == 0
    answers(built())


def test_what_cannot_be_continued_is_built_whole(built: MakeStore) -> None:
    store = built()
    path = the_file(store, "chroma.sqlite3")
    path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * (path.stat().st_size - 4096))
    store.add(added("guide", "Zebras gallop."))
    answers(built())
    assert built().searcher().search("zebras")[0].clause.id == "guide/p1"


def test_a_copy_that_lacks_a_passage_is_built_whole(built: MakeStore) -> None:
    store = built()
    search = VectorSearch(Snapshot(newest(store), 1))
    search.collection.delete(ids=[f"{ADOPTED}#0"])
    search.close()
    chroma, manifest = newest(store) / "chroma", json.loads((newest(store) / "manifest.json").read_text())
    now = {"files": snapshots._files(chroma), "checksums": snapshots._checksums(chroma)}
    snapshots._write_manifest(newest(store), {**manifest, **now})
    assert snapshot_for(chroma.parent.parent, store.record, store.embedder.identity), "the folder itself is sound"
    store.add(added("guide", "Zebras gallop."))
    answers(built())
