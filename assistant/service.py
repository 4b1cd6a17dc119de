"""One assistant for many askers: what the API, the pages and the chat share in a process that runs for days."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering import Assistant
from assistant.archive import Archive
from assistant.kept import KeptAnswer, KeptAnswers
from assistant.models import Answer, Question
from corpus.models import Clause, Document
from index.errors import IndexBusyError
from index.store import Store

log = logging.getLogger(__name__)
_WARM_UP = "how often is a PEP reviewed?"


@dataclass(frozen=True, slots=True)
class _Opened:
    """An assistant with what it was opened on; another state or another day asks for another one."""

    assistant: Assistant
    generation: int
    day: dt.date
    fingerprint: str


class Service:
    """Answers from the newest committed state of the index. Thread-safe.

    Another process may add documents at any time, and midnight may bring an edition into force: both are
    noticed at the next question. Raises IndexNotBuiltError, IndexStoreError or EmbedderError as the store does.
    """

    def __init__(self, store: Store, *, today: Callable[[], dt.date] = dt.date.today) -> None:
        self.store = store
        self.archive = Archive(store.data_dir)
        self.kept = KeptAnswers()
        self._today = today
        self._opened: _Opened | None = None
        self._lock = threading.Lock()
        self._document = lru_cache(maxsize=64)(self._read_document)

    @property
    def today(self) -> dt.date:
        """The day for which editions are judged."""
        return self._today()

    @property
    def assistant(self) -> Assistant:
        """The assistant over the index as it is now."""
        return self._open().assistant

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change with any document, the embedder, or a rebuilt index."""
        return self._open().fingerprint

    @property
    def is_warm(self) -> bool:
        """Whether the assistant is open, so that the next question waits for nothing."""
        return self._opened is not None

    def warm_up(self) -> None:
        """Open the assistant and answer once, so that the first person to ask does not wait for the model."""
        self.assistant.answer(Question(turns=(_WARM_UP,)))

    def answer(self, question: Question) -> Answer:
        """Answer the last turn. Raises BadQuestionError for a turn that cannot be read."""
        return self.assistant.answer(question)

    def keep(self, question: Question, answer: Answer) -> KeptAnswer:
        """Keep an answer in memory for its print view, its Word file and feedback."""
        return self.kept.keep(question, answer, fingerprint=self.fingerprint, on=self.today)

    def document(self, document_id: str) -> Document:
        """A document with its clauses. Raises UnknownDocumentError."""
        return self._document(document_id, self._open().fingerprint)

    def clause(self, clause_id: str) -> Clause | None:
        """The clause of today that has this id; None where there is none."""
        return self.store.record.clauses([clause_id]).get(clause_id)

    def _read_document(self, document_id: str, _fingerprint: str) -> Document:
        return self.store.record.document(document_id)

    def _open(self) -> _Opened:
        generation, day = self.store.record.generation, self.today
        opened = self._opened
        if opened is not None and (opened.generation, opened.day) == (generation, day):
            return opened
        with self._lock:
            opened = self._opened
            if opened is not None and (opened.generation, opened.day) == (generation, day):
                return opened
            try:
                assistant = Assistant(self.store.searcher(), today=day)
            except IndexBusyError:
                if opened is None:
                    raise
                log.info("the index is being changed; answering from the state before")
                return opened
            self._opened = _Opened(assistant, generation, day, self._fingerprint(generation))
            return self._opened

    def _fingerprint(self, generation: int) -> str:
        record = self.store.record
        documents = sorted((summary.document.id, summary.content_hash) for summary in record.documents())
        state = f"{generation} {record.embedder_identity()} {documents}"
        return hashlib.sha256(state.encode()).hexdigest()[:16]
