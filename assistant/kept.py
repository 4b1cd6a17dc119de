"""Answers kept in memory for a while, by an address nobody can guess: for print, Word and feedback."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass

from assistant.models import Answer, Question

MAX_KEPT = 5000  # some 20 kB each; the oldest go first, and all go with the process


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer with what was asked. id: 22 characters that nobody can guess. fingerprint: of the index."""

    id: str
    question: Question
    answer: Answer
    fingerprint: str
    on: dt.date


class KeptAnswers:
    """The last answers given, in memory only: nothing about who asked is known or written. Thread-safe."""

    def __init__(self, *, most: int = MAX_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, KeptAnswer] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, question: Question, answer: Answer, *, fingerprint: str, on: dt.date) -> KeptAnswer:
        """Keep an answer under a new id; the oldest one goes where there are too many."""
        kept = KeptAnswer(secrets.token_urlsafe(16), question, answer, fingerprint, on)
        with self._lock:
            self._kept[kept.id] = kept
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return kept

    def get(self, answer_id: str) -> KeptAnswer | None:
        """The answer of an id; None where it was never given or is no longer kept."""
        with self._lock:
            return self._kept.get(answer_id)
