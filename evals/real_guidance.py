"""The gold of two digests asked of the official documents themselves, added as a user adds them.

The exclusions guidance (text) and KCSIE 2025 (PDF) take the place of their digests; a question on a digest's clause
"dfe-exclusion-2024-08/60-2" is then answered by paragraph 60, whole or in part. Neither was seen in training.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from assistant.answering import Assistant
from assistant.models import Answer
from assistant.settings import PROJECT_DIR
from corpus.library import load_added, shipped_documents
from evals.dataset import GoldQuestion, Kind
from index.store import RECORD, Store

GUIDANCE = PROJECT_DIR.parent / "shared" / "guidance"
DOCUMENTS = {
    "dfe-exclusion-2024-08": "dfe-suspension-permanent-exclusion-2024-08.txt",
    "dfe-kcsie-2025": "dfe-kcsie-2025-07-for-information.pdf",
}
_PARAGRAPH = re.compile(r"(?P<document>[^/]+)/(?P<number>\d+)(?:[-/].*)?")


def is_at_hand() -> bool:
    """Whether the official documents lie beside the repository."""
    return all((GUIDANCE / name).exists() for name in DOCUMENTS.values())


def add_documents(store: Store) -> None:
    """Put the official documents in the place of their digests, where they are not there yet."""
    shipped = {document.id: document for document in shipped_documents()}
    store.build(list(shipped.values()))
    origins = {summary.document.id: summary.document.origin for summary in store.record.documents()}
    for document_id, name in DOCUMENTS.items():
        if origins.get(document_id) != "added":
            store.add(load_added(GUIDANCE / name, document_id=document_id, replaces=shipped[document_id]))


def questions(gold: Sequence[GoldQuestion]) -> list[GoldQuestion]:
    """The answerable ones that need a numbered paragraph of these documents and can be answered with them there."""
    return [
        question
        for question in gold
        if question.kind is Kind.ANSWERABLE
        and any(paragraph(id_) for group in question.needed for id_ in group[:1])
        and all(any(_there(id_) for id_ in group) for group in question.needed)
    ]


def paragraph(clause_id: str) -> str:
    """The document and paragraph of a clause of these documents: "dfe-kcsie-2025/54"; "" for any other clause."""
    found = _PARAGRAPH.fullmatch(clause_id)
    return f"{found['document']}/{found['number']}" if found and found["document"] in DOCUMENTS else ""


def _there(clause_id: str) -> bool:
    """Whether a clause can be cited once the official documents are in place."""
    return bool(paragraph(clause_id)) or clause_id.partition("/")[0] not in DOCUMENTS


def all_paragraphs_cited(question: GoldQuestion, answer: Answer) -> float:
    """1.0 where each needed group is cited, by clause or by paragraph."""
    cited = {citation.clause_id for citation in answer.citations}
    cited |= {paragraph(id_) for id_ in cited} | {id_.rpartition("/")[0] for id_ in cited}
    return float(all(any(id_ in cited or paragraph(id_) in cited - {""} for id_ in group) for group in question.needed))


def assistant_over(store: Store, data_dir: Path) -> Assistant:
    """An assistant with the official documents, its index kept in data_dir/evaluation."""
    folder = data_dir / "evaluation"
    if not (folder / RECORD).exists():  # start from what is embedded already
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(store.data_dir / RECORD)) as old, closing(sqlite3.connect(folder / RECORD)) as new:
            old.backup(new)
    real = store.beside(folder)
    add_documents(real)
    return Assistant(real.searcher())
