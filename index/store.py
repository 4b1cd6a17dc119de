"""The index as one thing: add, remove, build, status, and a searcher over what is committed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.models import Clause, Document
from index.clause_questions import questions_of
from index.embedding import Embedder, Vectors
from index.errors import IndexBusyError, IndexNotBuiltError, IndexStoreError
from index.passages import Passage, passages
from index.record import DocumentSummary, IndexedDocument, KeywordTerms, Record
from index.search import Searcher
from index.snapshot import Snapshot, VectorSearch, build_snapshot, latest_snapshot, snapshot_for
from index.vocabulary import Vocabulary, load_vocabulary, reference_token

RECORD = "record.sqlite3"
_FORMAT = 2  # raise it when passages are made differently, so that `index build` makes them anew
Step = Callable[[str, int], Callable[[int], None]]


def no_progress(_task: str, _total: int) -> Callable[[int], None]:
    """The Step of a caller that shows no progress."""
    return lambda _done: None


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What `index status` shows. behind: the documents that `index build` would write or remove."""

    documents: int
    clauses: int
    vectors: int
    generation: int
    embedder: str
    snapshot: str
    behind: tuple[str, ...]


class Store:
    """The data directory: record.sqlite3, its snapshots, and a lock for the one writer."""

    def __init__(
        self,
        data_dir: Path,
        *,
        load_embedder: Callable[[], Embedder],
        vocabulary: Vocabulary | None = None,
    ) -> None:
        """load_embedder is called when first needed: not every command needs it."""
        self.data_dir = data_dir
        self._load_embedder = load_embedder
        self._embedder: Embedder | None = None
        self.vocabulary = vocabulary or load_vocabulary()
        self._record: Record | None = None

    @property
    def embedder(self) -> Embedder:
        if self._embedder is None:
            self._embedder = self._load_embedder()
        return self._embedder

    @property
    def record(self) -> Record:
        """The record. Raises IndexNotBuiltError where there is none."""
        if self._record is None:
            if not self._record_path.exists():
                raise IndexNotBuiltError(f"there is no index in {self.data_dir} yet; run `assistant index build`")
            self._record = Record(self._record_path)
        return self._record

    def beside(self, data_dir: Path) -> Store:
        """A store in another data directory with the same model."""
        return Store(
            data_dir,
            load_embedder=lambda: self.embedder,
            vocabulary=self.vocabulary,
        )

    def exists(self) -> bool:
        """Whether there is a record with anything in it."""
        return self._record_path.exists() and self.record.embedder_identity() is not None

    def build(self, shipped: Sequence[Document], *, step: Step = no_progress) -> int:
        """Bring the shipped documents, the vectors and the snapshot up to date; return how many documents changed.

        A document that a user added under a shipped id stays.
        """
        with self._writing():
            record = self._record = self._record or Record(self._record_path)
            recorded = {summary.document.id: summary for summary in record.documents()}
            added = {id_ for id_, summary in recorded.items() if summary.document.origin == "added"}
            mine = shipped_only(shipped, recorded.values())
            changed = self._changed(mine, recorded)
            gone = [id_ for id_ in recorded if id_ not in added and id_ not in {document.id for document in mine}]
            kept = [record.document(id_) for id_ in sorted(added)]
            stale = self._changed(kept, recorded)
            if record.embedder_identity() != self.embedder.identity:
                self._write([*mine, *kept], gone, step)
            elif changed or gone or stale:
                self._write([*changed, *stale], gone, step)
            self._snapshot(step)
            return len(changed) + len(gone)

    def add(self, document: Document, *, step: Step = no_progress) -> None:
        """Put a document in place of any of the same id, and of the digest it stands for; make it searchable."""
        with self._writing():
            self._record = self._record or Record(self._record_path)
            self._require_same_embedder()
            self._write([document], [document.stands_for] if document.stands_for else [], step)
            self._snapshot(step)

    def remove(self, document_id: str, *, shipped: Document | None = None, step: Step = no_progress) -> None:
        """Remove a document that was added; shipped: the one that it stood in for, which takes its place again."""
        with self._writing():
            document = self.record.document(document_id)
            if document.origin == "shipped":
                raise IndexStoreError(
                    f"{document_id} ships with the assistant and cannot be removed; "
                    f"to replace it, add a document with --id {document_id}"
                )
            self._require_same_embedder()
            self._write([shipped] if shipped else [], [document_id], step)
            self._snapshot(step)

    def searcher(self) -> Searcher:
        """A searcher over the newest state. Raises IndexNotBuiltError, or IndexStoreError for another embedder."""
        if self.record.embedder_identity() is None:
            raise IndexNotBuiltError(f"the index in {self.data_dir} is empty; run `assistant index build`")
        self._require_same_embedder()
        vectors = VectorSearch(self._current_snapshot(), renewed=self._current_snapshot)
        return Searcher(self.record, vectors, self.embedder, self.vocabulary)

    def status(self, shipped: Sequence[Document]) -> IndexStatus:
        """What the index holds, without loading the embedding model."""
        record = self.record
        counts = record.counts()
        identity = record.embedder_identity()
        recorded = {summary.document.id: summary for summary in record.documents()}
        added = {id_ for id_, summary in recorded.items() if summary.document.origin == "added"}
        mine = shipped_only(shipped, recorded.values())
        behind = [document.id for document in self._changed(mine, recorded)]
        behind += sorted(recorded.keys() - added - {document.id for document in mine})
        behind += [document.id for document in self._changed(map(record.document, sorted(added)), recorded)]
        whole = identity and snapshot_for(self._snapshots, record, identity)
        return IndexStatus(
            documents=counts["documents"],
            clauses=counts["clauses"],
            vectors=counts["vectors"],
            generation=record.generation,
            embedder=str(identity) if identity else "none yet",
            snapshot="in step" if whole else "to be rebuilt at the next question",
            behind=tuple(behind),
        )

    @property
    def _record_path(self) -> Path:
        return self.data_dir / RECORD

    @property
    def _snapshots(self) -> Path:
        return self.data_dir / "snapshots"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time; the lock goes with its process, however that ends."""
        lock = FileLock(self.data_dir / "write.lock", timeout=0)
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise IndexBusyError(
                "another process is changing the index; nothing was changed, try again when it is done"
            ) from error
        except OSError as error:
            raise IndexStoreError(
                f"the data directory {self.data_dir} cannot be written to ({error.strerror}); "
                "give write permission there, or set ASSISTANT_DATA_DIR to a folder you may write to"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _write(self, put: Sequence[Document], remove: Sequence[str], step: Step) -> None:
        indexed = [self._indexed(document) for document in put]
        everything = {p.key: p for item in indexed for p in item.passages}
        same_embedder = self.record.embedder_identity() == self.embedder.identity
        known = self.record.known_vectors(everything) if same_embedder else set()
        missing = [passage for key, passage in everything.items() if key not in known]
        self.record.write(
            put=indexed, remove=remove, vectors=self._embed(missing, step), embedder=self.embedder.identity
        )

    def _embed(self, missing: Sequence[Passage], step: Step) -> dict[str, Vectors]:
        if not missing:
            return {}
        advance = step("Embedding clauses", len(missing))
        vectors = self.embedder.embed_documents([passage.text for passage in missing], progress=advance)
        return {passage.key: vector for passage, vector in zip(missing, vectors, strict=True)}

    def _indexed(self, document: Document) -> IndexedDocument:
        questions = questions_of(document)
        return IndexedDocument(
            document=document,
            passages=passages(document, embedder=self.embedder, vocabulary=self.vocabulary, questions=questions),
            terms={
                clause.id: keyword_terms(clause, self.vocabulary, questions.get(clause.id, ()))
                for clause in document.clauses
            },
            content_hash=content_hash(document, self.vocabulary),
        )

    def _changed(self, documents: Iterable[Document], recorded: Mapping[str, DocumentSummary]) -> list[Document]:
        """The documents that are not in the record as they are now."""
        return [
            document
            for document in documents
            if document.id not in recorded
            or recorded[document.id].content_hash != content_hash(document, self.vocabulary)
        ]

    def _require_same_embedder(self) -> None:
        identity = self.record.embedder_identity()
        if identity not in {None, self.embedder.identity}:
            raise IndexStoreError(
                f"the index was built with {identity}, the setting names {self.embedder.identity}; "
                "run `assistant index build`, or set ASSISTANT_EMBEDDING_MODEL back"
            )

    def _snapshot(self, step: Step) -> None:
        identity = self.record.embedder_identity()
        if identity is None or snapshot_for(self._snapshots, self.record, identity):
            return
        advance = step("Writing the vector index", self.record.counts()["passages"])
        build_snapshot(self._snapshots, self.record, identity, progress=advance)

    def _current_snapshot(self) -> Snapshot:
        """The snapshot of the record as it is, made where it is missing; while a writer is at it, the last one."""
        identity = self.embedder.identity
        found = snapshot_for(self._snapshots, self.record, identity)
        if found is not None:
            return found
        try:
            with self._writing():
                return snapshot_for(self._snapshots, self.record, identity) or build_snapshot(
                    self._snapshots, self.record, identity
                )
        except IndexBusyError:
            found = latest_snapshot(self._snapshots, identity)
            if found is None:
                raise
            return found


def shipped_only(shipped: Sequence[Document], recorded: Iterable[DocumentSummary]) -> list[Document]:
    """The shipped documents that no added one stands in for, under their id or another."""
    added = [summary.document for summary in recorded if summary.document.origin == "added"]
    replaced = {document.id for document in added} | {document.stands_for for document in added}
    return [document for document in shipped if document.id not in replaced]


def content_hash(document: Document, vocabulary: Vocabulary) -> str:
    """Changes with any word or field of a document, its clauses and their questions, and with how they are indexed."""
    indexed = [(asdict(keyword_terms(c, vocabulary)), vocabulary.spell_out(c.text)) for c in document.clauses]
    questions = questions_of(document)
    # Questions are many: to analyse each of them whenever the index is opened would take a second.
    analysed = vocabulary.fingerprint if questions else ""
    text = json.dumps([asdict(document), indexed, questions, analysed], sort_keys=True, default=str)
    return f"{_FORMAT}-{hashlib.sha256(text.encode()).hexdigest()}"


def keyword_terms(clause: Clause, vocabulary: Vocabulary, questions: Sequence[str] = ()) -> KeywordTerms:
    """The index terms of a clause, field by field; questions: those that it answers."""

    def terms(text: str) -> str:
        return " ".join(vocabulary.terms(text))

    number = clause.number if clause.number and not clause.parent_id else ""
    place = terms(f"{clause.reference} {clause.locator if clause.reference else ''} {clause.when}")
    return KeywordTerms(
        heading=terms(" ".join(clause.heading_path[-2:])),
        lead_in=terms(clause.lead_in),
        words=terms(clause.text),
        place=f"{place} {reference_token(number)}" if number else place,
        asked=terms(" ".join(questions)),
    )
