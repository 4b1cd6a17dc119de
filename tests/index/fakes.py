"""A seeded hashing embedder and a ten-clause corpus: the index without a model and without real documents."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from corpus.models import Authority, Clause, ClauseKind, Document, Modality, Stage
from index.embedding import EmbedderIdentity, Progress, Vectors
from index.vocabulary import load_vocabulary


class HashingEmbedder:
    """Each stem has a random direction of its own, so texts are near where they share words."""

    def __init__(self, *, seed: int = 0, dimension: int = 64, max_tokens: int = 256) -> None:
        self.identity = EmbedderIdentity("hashing", dimension, hashlib.sha256(str(seed).encode()).hexdigest())
        self.max_tokens = max_tokens
        self.embedded: list[str] = []  # what embed_documents was given, for tests to count
        self._seed = seed
        self._directions: dict[str, Vectors] = {}

    def count_tokens(self, text: str) -> int:
        """Four letters a token, and two at the ends."""
        return 2 + sum(math.ceil(len(word) / 4) for word in text.split())

    def embed_query(self, text: str) -> Vectors:
        total = np.full(self.identity.dimension, 1e-6, np.float32)
        for word in load_vocabulary().words(text):
            total += self._direction(load_vocabulary().stem(word))
        unit: Vectors = (total / np.linalg.norm(total)).astype(np.float32)
        return unit

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        self.embedded += texts
        if progress:
            progress(len(texts))
        return np.array([self.embed_query(text) for text in texts], np.float32).reshape(-1, self.identity.dimension)

    def _direction(self, stem: str) -> Vectors:
        if stem not in self._directions:
            digest = hashlib.blake2b(f"{self._seed} {stem}".encode(), digest_size=8).digest()
            random = np.random.default_rng(int.from_bytes(digest))
            self._directions[stem] = random.normal(size=self.identity.dimension).astype(np.float32)
        return self._directions[stem]


def clause(document_id: str, place: str, text: str, *, heading: str = "", **fields: object) -> Clause:
    """A clause with the fields a reader would give it."""
    return replace(
        Clause(
            id=f"{document_id}/{place}",
            document_id=document_id,
            kind=ClauseKind.PARAGRAPH,
            text=text,
            heading_path=(heading,) if heading else (),
            locator=f"{heading}, {place}" if heading else place,
            fingerprint=hashlib.sha256(text.lower().encode()).hexdigest()[:16],
        ),
        **fields,  # type: ignore[arg-type]
    )


def added(document_id: str, *texts: str, title: str = "") -> Document:
    """A document as a user adds it: one paragraph a text."""
    return Document(
        id=document_id,
        title=title or document_id,
        publisher="a user",
        authority=Authority.LOCAL,
        edition="not stated",
        origin="added",
        clauses=tuple(
            clause(document_id, f"p{number}", text, heading="Notes") for number, text in enumerate(texts, start=1)
        ),
    )


SAME_WORDS = "Tell the designated safeguarding lead at once."


def ten_clauses() -> list[Document]:
    """A policy of five clauses, a digest of three and one of two; no clause id is one of the real documents."""
    suspensions, teacher = "Suspensions", "Designated teacher"
    policy = Document(
        id="cwsw",
        title="Children with a Social Worker Policy",
        publisher="the Trust",
        authority=Authority.TRUST_POLICY,
        edition="2025",
        clauses=(
            clause(
                "cwsw",
                "suspensions/1",
                "Before suspending a looked-after child, discuss the rationale with the Education Adviser.",
                heading=suspensions,
                modality=Modality.SHOULD,
                bound=("headteacher",),
                groups=("CLA",),
                stage=Stage.BEFORE,
            ),
            clause("cwsw", "suspensions/2", SAME_WORDS, heading=suspensions, bound=("all staff",), groups=("all",)),
            clause(
                "cwsw",
                "teacher/list",
                "The designated teacher will:\n- review each personal education plan every term\n- train the staff",
                heading=teacher,
                kind=ClauseKind.LIST,
                modality=Modality.WILL,
                bound=("designated teacher",),
                groups=("CLA", "PLA"),
            ),
            clause(
                "cwsw",
                "teacher/list/1",
                "review each personal education plan every term",
                heading=teacher,
                kind=ClauseKind.ITEM,
                lead_in="The designated teacher will:",
                parent_id="cwsw/teacher/list",
                number="1",
                bound=("designated teacher",),
                groups=("CLA",),
            ),
            clause(
                "cwsw",
                "adoption/1",
                "Pupils who were adopted from care keep their support.",
                heading="After adoption",
                groups=("PLA",),
            ),
        ),
    )
    exclusion = Document(
        id="dfe-exclusion-2024-08",
        title="Suspension and permanent exclusion",
        publisher="DfE",
        authority=Authority.STATUTORY,
        edition="August 2024",
        summary=True,
        clauses=(
            clause(
                "dfe-exclusion-2024-08",
                "item-60",
                "Where a looked-after child may be suspended, the designated teacher should ring the virtual school.",
                heading="Looked-after pupils",
                reference="paragraph 60",
                bound=("designated teacher",),
                groups=("CLA", "PLA"),
            ),
            clause(
                "dfe-exclusion-2024-08",
                "item-78",
                "The headteacher must notify the social worker of a permanent exclusion without delay.",
                heading="Notification",
                reference="paragraph 78",
                modality=Modality.MUST,
                bound=("headteacher",),
                groups=("CSW",),
                stage=Stage.DECISION,
            ),
            clause(
                "dfe-exclusion-2024-08",
                "item-2",
                "A pupil may be excluded only on disciplinary grounds.",
                heading="Grounds",
                reference="paragraph 2",
                bound=("headteacher",),
                groups=("all",),
            ),
        ),
    )
    kcsie = Document(
        id="dfe-kcsie-2025",
        title="Keeping children safe in education",
        publisher="DfE",
        authority=Authority.STATUTORY,
        edition="2025",
        summary=True,
        clauses=(
            clause(
                "dfe-kcsie-2025",
                "item-54",
                "Staff should act on any worry about the welfare of a child immediately.",
                heading="What to do",
                reference="paragraph 54",
                bound=("all staff",),
                groups=("all",),
            ),
            clause(
                "dfe-kcsie-2025",
                "item-60",
                SAME_WORDS,
                heading="Suspensions",
                reference="paragraph 60",
                groups=("all",),
            ),
        ),
    )
    return [policy, exclusion, kcsie]
