"""The record: what is written is read, changes are whole or nothing, identifiers are never forgotten."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from corpus.models import Authority, Clause, ClauseKind, Document, Modality, Stage
from index.embedding import Vectors
from index.errors import IndexBusyError, IndexStoreError, UnknownDocumentError
from index.passages import Passage, passages
from index.record import IndexedDocument, Record, cited_number
from index.store import content_hash, keyword_terms
from index.vocabulary import load_vocabulary
from tests.index.fakes import HashingEmbedder, added, clause, ten_clauses

VOCABULARY = load_vocabulary()


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    record = Record(tmp_path / "record.sqlite3")
    yield record
    record.close()


def write(record: Record, *documents: Document, remove: Sequence[str] = (), embedder: HashingEmbedder) -> int:
    put = [
        IndexedDocument(
            document=document,
            passages=passages(document, embedder=embedder, vocabulary=VOCABULARY),
            terms={clause.id: keyword_terms(clause, VOCABULARY) for clause in document.clauses},
            content_hash=content_hash(document, VOCABULARY),
        )
        for document in documents
    ]
    texts = {passage.key: passage.text for item in put for passage in item.passages}
    vectors = dict(zip(texts, embedder.embed_documents(list(texts.values())), strict=True))
    return record.write(put=put, remove=remove, vectors=vectors, embedder=embedder.identity)


def everything(record: Record) -> tuple[object, ...]:
    """All that can be read, for comparisons."""
    return (
        record.generation,
        record.embedder_identity(),
        [record.document(summary.document.id) for summary in record.documents()],
        record.counts(),
        record.words(),
        record.term_counts(),
        [(passage, vector.tobytes()) for passage, vector in record.passages()],
    )


def test_a_new_record_is_empty(record: Record) -> None:
    assert record.generation == 0
    assert record.embedder_identity() is None
    assert record.documents() == []
    assert record.counts() == {"documents": 0, "clauses": 0, "passages": 0, "vectors": 0}
    assert record.words() == {}
    assert record.clauses(["cwsw/1"]) == {}


def test_every_field_comes_back(record: Record, embedder: HashingEmbedder) -> None:
    full = Clause(
        id="guide/a/1",
        document_id="guide",
        kind=ClauseKind.ITEM,
        text="“Curly” – dash, naïve\nsecond line \U0001f600",
        heading_path=("Outer", "Inner"),
        locator="Inner, point 1",
        fingerprint="f00d",
        lead_in="They will:",
        number="2.19",
        page=12,
        parent_id="guide/a",
        footnotes=("first note", "second"),
        modality=Modality.MUST_NOT,
        bound=("DSL", "school"),
        groups=("CLA", "SEND"),
        stage=Stage.AFTER,
        when="from 1 September",
        reference="paragraph 7",
        edition_id="ed-1",
        url="https://example.org/#1",
    )
    document = Document(
        id="guide",
        title="A guide",
        publisher="P",
        authority=Authority.NON_STATUTORY,
        edition="2026",
        edition_id="ed",
        in_force_from=dt.date(2026, 9, 1),
        url="https://example.org",
        licence="OGL",
        owner="O",
        approved="10.12.25",
        next_review="December 2027",
        summary=True,
        origin="added",
        stands_for="digest",
        clauses=(full, clause("guide", "b", "Plain.")),
    )
    assert all(getattr(full, field.name) for field in fields(Clause)), "give a new field a value here"
    assert all(getattr(document, field.name) for field in fields(Document)), "give a new field a value here"
    write(record, document, embedder=embedder)
    assert record.document("guide") == document
    assert record.clauses(["guide/a/1", "unknown"]) == {"guide/a/1": full}
    (summary,) = record.documents()
    assert summary.document == replace(document, clauses=())
    assert (summary.size, summary.content_hash) == (2, content_hash(document, VOCABULARY))


def test_reopened_it_is_the_same(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    again = Record(record.path)
    assert everything(again) == everything(record)
    again.close()


def test_the_vector_of_each_passage(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    found = list(record.passages())
    assert len(found) == 10
    for passage, vector in found:
        np.testing.assert_array_equal(vector, embedder.embed_query(passage.text))
    of_one = [passage.clause_id for passage, _ in record.passages("cwsw")]
    assert of_one == [clause.id for clause in record.document("cwsw").clauses]
    assert [passage for passage, _ in found] == sorted(record.all_passages(), key=[p for p, _ in found].index)
    assert record.counts()["vectors"] == 9  # two clauses say the same under the same heading


def test_shipped_documents_first(record: Record, embedder: HashingEmbedder) -> None:
    write(record, added("a-guide", "Words."), *ten_clauses(), embedder=embedder)
    assert [s.document.id for s in record.documents()] == ["cwsw", "dfe-exclusion-2024-08", "dfe-kcsie-2025", "a-guide"]


def test_put_replaces_the_document(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    generation = record.generation
    new = added("cwsw", "Only this now.")
    assert write(record, new, embedder=embedder) == generation + 1
    assert record.document("cwsw") == new
    assert record.clauses(["cwsw/suspensions/1"]) == {}
    assert record.keyword_search("only OR now OR notes", limit=9) != []
    assert len(list(record.passages("cwsw"))) == 1


def test_removed_is_gone(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    before = everything(record)
    write(record, added("zebras", "Zebras gallop here."), embedder=embedder)
    assert record.words()["zebras"] == 1
    assert record.keyword_search('"zebra"', limit=9)
    write(record, remove=["zebras"], embedder=embedder)
    with pytest.raises(UnknownDocumentError, match="no document 'zebras'; there are: cwsw, dfe-"):
        record.document("zebras")
    assert record.keyword_search('"zebra"', limit=9) == []
    assert "zebra" not in record.term_counts()
    assert everything(record)[1:] == before[1:]


def test_identifiers_are_remembered(record: Record, embedder: HashingEmbedder) -> None:
    document = added("guide", "First.", "Second.")
    write(record, document, embedder=embedder)
    write(record, remove=["guide"], embedder=embedder)
    assert record.known_identifiers("guide") == {c.id: c.fingerprint for c in document.clauses}
    write(record, added("guide", "Third."), embedder=embedder)
    assert set(record.known_identifiers("guide")) == {"guide/p1", "guide/p2"}
    assert record.known_identifiers("other") == {}


def test_neighbours(record: Record, embedder: HashingEmbedder) -> None:
    document = added("guide", "First.", "Second.", "Third.")
    write(record, document, *ten_clauses(), embedder=embedder)
    assert [record.neighbours(c) for c in document.clauses] == [
        ("", "guide/p2"),
        ("guide/p1", "guide/p3"),
        ("guide/p2", ""),
    ]


def test_items_of_a_list_in_order(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    assert {k: [c.id for c in v] for k, v in record.items_of(["cwsw/teacher/list", "none"]).items()} == {
        "cwsw/teacher/list": ["cwsw/teacher/list/1"]
    }


def test_numbered(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    assert [c.id for c in record.numbered("60")] == ["dfe-exclusion-2024-08/item-60", "dfe-kcsie-2025/item-60"]
    assert [c.id for c in record.numbered("60", ["dfe-kcsie-2025"])] == ["dfe-kcsie-2025/item-60"]
    assert record.numbered("1") == []  # an item's number is that of its list, not of a paragraph


@pytest.mark.parametrize(
    ("reference", "number", "parent", "expected"),
    [
        ("paragraph 60", "", "", "60"),
        ("paragraphs 60, 61", "", "", "60"),
        ("paragraph not verified", "", "", ""),
        ("", "2.19", "", "2.19"),
        ("", "1", "cwsw/list", ""),
        ("page 4", "", "", ""),
    ],
)
def test_cited_number(reference: str, number: str, parent: str, expected: str) -> None:
    assert cited_number(clause("d", "1", "x", reference=reference, number=number, parent_id=parent)) == expected


def test_another_embedder_replaces_all_vectors(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    other = HashingEmbedder(seed=1, dimension=32)
    write(record, *ten_clauses(), embedder=other)
    assert record.embedder_identity() == other.identity
    for passage, vector in record.passages():
        np.testing.assert_array_equal(vector, other.embed_query(passage.text))
    assert record.counts()["vectors"] == 9


def test_another_embedder_for_some_only_is_refused(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    before = everything(record)
    with pytest.raises(IndexStoreError, match="no vector; run `assistant index build`"):
        write(record, added("guide", "Words."), embedder=HashingEmbedder(seed=1))
    assert everything(record) == before


def test_a_passage_without_vector_refuses_the_transaction(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    before = everything(record)
    document = added("cwsw", "New words.")
    item = IndexedDocument(
        document=document,
        passages=[Passage("cwsw/p1", 0, "New words.")],
        terms={"cwsw/p1": keyword_terms(document.clauses[0], VOCABULARY)},
        content_hash="x",
    )
    vectors: dict[str, Vectors] = {}
    with pytest.raises(IndexStoreError, match="no vector"):
        record.write(put=[item], remove=["dfe-kcsie-2025"], vectors=vectors, embedder=embedder.identity)
    assert everything(record) == before


def test_an_error_half_way_changes_nothing(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    before = everything(record)
    thief = replace(added("thief", "Words."), clauses=(replace(ten_clauses()[0].clauses[0], document_id="thief"),))
    with pytest.raises(IndexStoreError, match=r"could not be written \(UNIQUE constraint failed: clauses.id\)"):
        write(record, added("guide", "Words."), thief, embedder=embedder)
    assert everything(record) == before


def test_a_document_without_clauses(record: Record, embedder: HashingEmbedder) -> None:
    write(record, added("empty"), embedder=embedder)
    assert record.document("empty").clauses == ()


def test_a_second_writer_is_told(record: Record, embedder: HashingEmbedder) -> None:
    write(record, *ten_clauses(), embedder=embedder)
    other = sqlite3.connect(record.path)
    other.execute("BEGIN IMMEDIATE")
    impatient = Record(record.path)
    with impatient._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")
    with pytest.raises(IndexBusyError, match="another process"):
        write(impatient, added("guide", "Words."), embedder=embedder)
    assert everything(impatient) == everything(record)  # reading goes on meanwhile
    impatient.close()
    other.close()


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"SQLite format 3\0" + bytes(4000)])
def test_a_damaged_file_gives_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "record.sqlite3"
    path.write_bytes(content)
    with pytest.raises(IndexStoreError) as caught:
        Record(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    assert "move it away, run `assistant index build`" in message


def test_damage_inside_the_file_gives_one_clear_line(tmp_path: Path, embedder: HashingEmbedder) -> None:
    path = tmp_path / "record.sqlite3"
    record = Record(path)
    write(record, *ten_clauses(), *[added(f"guide-{n}", "Words. " * 400) for n in range(20)], embedder=embedder)
    record.close()
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xa5" * (len(content) - 8192))
    with pytest.raises(IndexStoreError, match=r"cannot be read .*; if the file is damaged, move it away"):
        everything(Record(path))


def test_another_schema_gives_one_clear_line(record: Record) -> None:
    with sqlite3.connect(record.path) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    connection.close()
    with pytest.raises(IndexStoreError, match=r"another version of this program \(schema 99\); move the data"):
        Record(record.path)


def test_what_a_killed_first_opening_left_is_completed(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite3"
    path.touch()
    record = Record(path)
    assert record.generation == 0
    record.close()
