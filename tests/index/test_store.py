"""The index as one thing: incremental builds, added documents, one writer, other embedders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.models import Document
from index.errors import IndexBusyError, IndexNotBuiltError, IndexStoreError, UnknownDocumentError
from index.models import SearchMode
from index.store import Store
from index.vocabulary import VOCABULARY_PATH, Vocabulary
from tests.conftest import REPOSITORY
from tests.index.fakes import HashingEmbedder, added, clause

MakeStore = Callable[..., Store]


def found(store: Store, question: str, *, mode: SearchMode = SearchMode.HYBRID) -> list[str]:
    """The ids that a new searcher finds; for words nobody used, so that no other clause comes near."""
    return [result.clause.id for result in store.searcher().search(question, mode=mode) if result.score > 0.5]


def one_edited(documents: list[Document], words: str) -> list[Document]:
    """The second clause of the first document says something else."""
    first, *others = documents
    old = first.clauses[1]
    return [replace(first, clauses=(first.clauses[0], replace(old, text=words), *first.clauses[2:])), *others]


def test_build_embeds_every_text_once(store: Store, embedder: HashingEmbedder, shipped: list[Document]) -> None:
    assert store.build(shipped) == 3
    assert len(embedder.embedded) == len(set(embedder.embedded)) == 9


def test_a_second_build_does_nothing(make_store: MakeStore, embedder: HashingEmbedder, shipped: list[Document]) -> None:
    make_store().build(shipped)
    make_store().add(added("guide", "Zebras gallop."))
    store, embedded = make_store(), len(embedder.embedded)
    generation, folders = store.record.generation, sorted((store.data_dir / "snapshots").iterdir())
    assert store.build(shipped) == 0
    assert len(embedder.embedded) == embedded
    assert store.record.generation == generation
    assert sorted((store.data_dir / "snapshots").iterdir()) == folders


def test_a_digest_steps_aside_while_its_official_text_is_there(make_store: MakeStore, shipped: list[Document]) -> None:
    make_store().build(shipped)
    digest = shipped[0]
    store = make_store()
    store.add(replace(added("official", "Zebras gallop."), stands_for=digest.id))
    assert store.build(shipped) == 0
    assert {summary.document.id for summary in store.record.documents()} == {
        "official",
        *(document.id for document in shipped[1:]),
    }
    assert store.status(shipped).behind == ()
    store.remove("official", shipped=digest)
    assert {summary.document.id for summary in store.record.documents()} == {document.id for document in shipped}


def test_only_changed_clauses_are_embedded(
    make_store: MakeStore, embedder: HashingEmbedder, shipped: list[Document]
) -> None:
    make_store().build(shipped)
    embedder.embedded.clear()
    store = make_store()
    assert store.build(one_edited(shipped, "Zebras gallop over the heath.")) == 1
    assert embedder.embedded == ["Suspensions: Zebras gallop over the heath."]
    assert found(store, "zebras") == ["cwsw/suspensions/2"]


def test_a_clause_that_moves_is_not_embedded_again(
    make_store: MakeStore, embedder: HashingEmbedder, shipped: list[Document]
) -> None:
    make_store().build(shipped)
    embedder.embedded.clear()
    first, *others = shipped
    assert make_store().build([replace(first, clauses=first.clauses[::-1]), *others]) == 1
    assert embedder.embedded == []


def test_a_changed_field_is_recorded_without_embedding(
    make_store: MakeStore, embedder: HashingEmbedder, shipped: list[Document]
) -> None:
    make_store().build(shipped)
    embedder.embedded.clear()
    assert make_store().build([replace(shipped[0], edition="2026"), *shipped[1:]]) == 1
    assert embedder.embedded == []
    assert make_store().record.document("cwsw").edition == "2026"


def test_a_shipped_document_that_is_gone_goes(make_store: MakeStore, shipped: list[Document]) -> None:
    make_store().build(shipped)
    store = make_store()
    assert store.status(shipped[:2]).behind == ("dfe-kcsie-2025",)
    assert store.build(shipped[:2]) == 1
    assert [s.document.id for s in store.record.documents()] == ["cwsw", "dfe-exclusion-2024-08"]


def test_an_edited_vocabulary_makes_the_terms_anew(
    tmp_path: Path, embedder: HashingEmbedder, shipped: list[Document]
) -> None:
    values = tomllib.loads(VOCABULARY_PATH.read_text("utf-8"))
    old = Store(tmp_path, load_embedder=lambda: embedder)
    old.build(shipped)
    old.add(added("guide", "Quaggas gallop."))
    values["concept"].append({"id": "striped", "forms": ["quagga", "okapi"]})
    new = Store(tmp_path, load_embedder=lambda: embedder, vocabulary=Vocabulary(values))
    assert new.status(shipped).behind == ("guide",)
    new.build(shipped)
    assert found(new, "okapi", mode=SearchMode.KEYWORD) == ["guide/p1"]
    assert new.status(shipped).behind == ()


def test_an_edited_vocabulary_analyses_the_questions_anew(
    tmp_path: Path, embedder: HashingEmbedder, shipped: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though no clause holds the word, so that the analysis of the clauses stays as it was."""
    written = {shipped[0].clauses[0].id: ("do quaggas count?",)}
    monkeypatch.setattr("index.clause_questions.load_questions", lambda: written)
    Store(tmp_path, load_embedder=lambda: embedder).build(shipped)
    values = tomllib.loads(VOCABULARY_PATH.read_text("utf-8"))
    values["concept"].append({"id": "striped", "forms": ["quagga", "okapi"]})
    new = Store(tmp_path, load_embedder=lambda: embedder, vocabulary=Vocabulary(values))
    assert new.status(shipped).behind == (shipped[0].id,)
    new.build(shipped)
    assert found(new, "okapi", mode=SearchMode.KEYWORD) == [shipped[0].clauses[0].id]
    assert new.status(shipped).behind == ()


def test_added_in_place_of_a_digest_and_back(make_store: MakeStore, shipped: list[Document]) -> None:
    make_store().build(shipped)
    store = make_store()
    store.add(added("dfe-kcsie-2025", "Zebras gallop.", "And stop."))
    assert [c.id for c in store.record.document("dfe-kcsie-2025").clauses] == ["dfe-kcsie-2025/p1", "dfe-kcsie-2025/p2"]
    assert found(store, "zebras") == ["dfe-kcsie-2025/p1"]
    assert "dfe-kcsie-2025/item-54" not in found(store, "staff act on worry about welfare immediately")
    assert make_store().build(shipped) == 0, "the added one stays"
    make_store().remove("dfe-kcsie-2025", shipped=shipped[2])
    back = make_store()
    assert back.record.document("dfe-kcsie-2025") == shipped[2]
    assert found(back, "staff act on worry about welfare immediately")[0] == "dfe-kcsie-2025/item-54"
    assert "dfe-kcsie-2025/p1" not in found(back, "zebras")


def test_an_added_document_is_replaced_and_removed(make_store: MakeStore, shipped: list[Document]) -> None:
    make_store().build(shipped)
    make_store().add(added("guide", "Zebras gallop."))
    make_store().add(added("guide", "Quaggas graze."))
    assert "guide/p1" not in found(make_store(), "zebras", mode=SearchMode.KEYWORD)
    assert found(make_store(), "quaggas") == ["guide/p1"]
    make_store().remove("guide")
    assert "guide/p1" not in found(make_store(), "quaggas")


def test_a_shipped_document_cannot_be_removed(store: Store, shipped: list[Document]) -> None:
    store.build(shipped)
    with pytest.raises(IndexStoreError, match=r"cwsw ships with the assistant .* add a document with --id cwsw"):
        store.remove("cwsw")
    assert store.record.document("cwsw") == shipped[0]


def test_an_unknown_document(store: Store, shipped: list[Document]) -> None:
    store.build(shipped)
    with pytest.raises(UnknownDocumentError, match="no document 'nope'; there are: cwsw, "):
        store.remove("nope")


def test_an_unbuilt_index(store: Store, shipped: list[Document]) -> None:
    assert not store.exists()
    for use in (store.searcher, lambda: store.status(shipped), lambda: store.remove("cwsw")):
        with pytest.raises(IndexNotBuiltError, match="run `assistant index build`"):
            use()
    assert not (store.data_dir / "record.sqlite3").exists()


def test_an_empty_record_is_an_unbuilt_index(make_store: MakeStore) -> None:
    store = make_store()
    with store._writing():
        (store.data_dir / "record.sqlite3").touch()
    with pytest.raises(IndexNotBuiltError):
        store.searcher()
    assert not make_store().exists()


def test_an_index_of_no_documents(store: Store) -> None:
    assert store.build([]) == 0
    assert store.exists()
    assert store.searcher().search("anything") == []


def test_another_embedder_is_refused_and_build_mends_it(
    make_store: MakeStore, embedder: HashingEmbedder, shipped: list[Document]
) -> None:
    make_store().build(shipped)
    make_store().add(added("guide", "Zebras gallop."))
    other = HashingEmbedder(seed=1, dimension=32)
    remedy = "built with hashing .* run `assistant index build`, or set ASSISTANT_EMBEDDING_MODEL back"
    store = make_store(other)
    for change in (
        store.searcher,
        lambda: store.add(added("more", "Words.")),
        lambda: store.remove("guide"),
    ):
        with pytest.raises(IndexStoreError, match=remedy):
            change()
    assert other.embedded == []
    assert found(make_store(embedder), "zebras") == ["guide/p1"], "the old one goes on"
    make_store(other).build(shipped)
    assert len(other.embedded) == 10
    assert found(make_store(other), "zebras") == ["guide/p1"]
    with pytest.raises(IndexStoreError, match=remedy):
        make_store(embedder).searcher()


def test_status(make_store: MakeStore, shipped: list[Document]) -> None:
    store = make_store()
    store.build(shipped)
    status = store.status(shipped)
    assert (status.documents, status.clauses, status.vectors, status.generation) == (3, 10, 9, 1)
    assert (status.snapshot, status.behind) == ("in step", ())
    assert status.embedder.startswith("hashing (64 dimensions")
    assert store.status(one_edited(shipped, "New.")).behind == ("cwsw",)
    store.add(added("cwsw", "Instead."))
    assert store.status(one_edited(shipped, "New.")).behind == (), "an added one stands in for it"
    shutil.rmtree(store.data_dir / "snapshots")
    assert store.status(shipped).snapshot == "to be rebuilt at the next question"


def test_progress_reaches_its_total(make_store: MakeStore, shipped: list[Document]) -> None:
    told: dict[str, list[int]] = {}

    def step(task: str, total: int) -> Callable[[int], None]:
        told[task] = [total, 0]

        def advance(done: int) -> None:
            told[task][1] += done

        return advance

    make_store().build(shipped, step=step)
    assert told == {"Embedding clauses": [9, 9], "Writing the vector index": [10, 10]}
    make_store().add(added("guide", "Words."), step=step)
    assert told == {"Embedding clauses": [1, 1], "Writing the vector index": [11, 11]}


def test_a_document_of_many_long_clauses(store: Store) -> None:
    long = " ".join(f"word{n}" for n in range(900))
    document = replace(
        added("long"), clauses=tuple(clause("long", f"p{n}", f"{long} zebra{n}", heading="H") for n in range(3))
    )
    store.build([])
    store.add(document)
    assert store.record.counts()["passages"] > 6
    assert found(store, "zebra2", mode=SearchMode.KEYWORD) == ["long/p2"]
    assert sorted(found(store, "word7 word8")) == ["long/p0", "long/p1", "long/p2"]


def test_a_second_writer_gets_a_plain_error_at_once(
    make_store: MakeStore, embedder: HashingEmbedder, shipped: list[Document]
) -> None:
    make_store().build(shipped)
    store = make_store()
    with another_writer(store.data_dir):
        started = time.monotonic()
        for change in (
            lambda: store.add(added("guide", "Words.")),
            lambda: store.build(shipped),
            lambda: store.remove("cwsw"),
        ):
            with pytest.raises(IndexBusyError, match="another process is changing the index; nothing was changed"):
                change()
        assert time.monotonic() - started < 2
        assert found(store, "adopted from care")[0] == "cwsw/adoption/1", "questions are answered meanwhile"
    store.add(added("guide", "Zebras gallop."))
    assert found(store, "zebras") == ["guide/p1"]


def test_a_question_while_the_first_index_is_being_built(make_store: MakeStore, shipped: list[Document]) -> None:
    store = make_store()
    store.build(shipped)
    shutil.rmtree(store.data_dir / "snapshots")
    with another_writer(store.data_dir), pytest.raises(IndexBusyError, match="try again when it is done"):
        store.searcher()


def test_a_killed_writer_leaves_no_lock(make_store: MakeStore, shipped: list[Document]) -> None:
    make_store().build(shipped)
    store = make_store()
    with another_writer(store.data_dir) as writer:
        writer.kill()
        writer.wait()
        store.add(added("guide", "Zebras gallop."))
    assert found(store, "zebras") == ["guide/p1"]


@contextmanager
def another_writer(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """A second process in the middle of a change."""
    script = (
        "import sys; from pathlib import Path; from index.store import Store\n"
        "with Store(Path(sys.argv[1]), load_embedder=None)._writing():\n"
        "    print('writing', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def without_write_permission(folder: Path) -> Iterator[None]:
    """Nobody may write into the folder; root is another user meanwhile, since permissions do not bind it."""
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    root = os.geteuid() == 0
    for path in folders:
        path.chmod(0o555)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path in folders:
            path.chmod(0o755)


@pytest.fixture
def open_dir() -> Iterator[Path]:
    """A folder that every user may enter, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_data_directory_without_write_permission(
    make_store: MakeStore, open_dir: Path, shipped: list[Document]
) -> None:
    built = make_store(data_dir=open_dir / "data")
    built.build(shipped)
    built.searcher().search("warm up")
    built.record.close()
    store = make_store(data_dir=open_dir / "data")
    with without_write_permission(open_dir / "data"):
        for use in (store.searcher, lambda: store.add(added("guide", "Words.")), lambda: store.build(shipped)):
            with pytest.raises(IndexStoreError, match="permission") as caught:
                use()
            assert "\n" not in str(caught.value)
    assert found(make_store(data_dir=open_dir / "data"), "adopted from care")[0] == "cwsw/adoption/1"


def test_a_data_directory_that_cannot_be_made(make_store: MakeStore, open_dir: Path, shipped: list[Document]) -> None:
    with (
        without_write_permission(open_dir),
        pytest.raises(IndexStoreError, match=r"cannot be written to \(Permission denied\).*set ASSISTANT_DATA_DIR"),
    ):
        make_store(data_dir=open_dir / "data").build(shipped)


def test_a_full_disk_after_the_documents_are_recorded(
    make_store: MakeStore, shipped: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_store().build(shipped)

    def full(**_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.snapshot.tempfile.mkdtemp", full)
    with pytest.raises(IndexStoreError, match=r"documents are recorded, but .*space"):
        make_store().add(added("guide", "Zebras gallop."))
    monkeypatch.undo()
    assert found(make_store(), "zebras") == ["guide/p1"]
