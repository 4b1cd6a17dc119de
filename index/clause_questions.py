"""Ways staff ask, written per clause (index/questions/*.jsonl): searched beside the clause they belong to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from corpus.models import Document

QUESTIONS_DIR = Path(__file__).with_name("questions")
_SAME_PARAGRAPH = re.compile(r"-\d+$")


def questions_of(document: Document) -> dict[str, tuple[str, ...]]:
    """The questions of a document's clauses, by clause id.

    They hold for one edition: a document of another edition under the same id has none. Where the
    official text stands in for its digest, under the digest's id or another, the questions of all the
    digest's clauses on a paragraph ("…/60", "…/60-2") go to that paragraph.
    """
    source = f"{document.stands_for or document.id}/"
    written = {id_: questions for id_, questions in load_questions().items() if id_.startswith(source)}
    if not written:
        return {}
    if document.origin != "shipped" and not document.edition_id:
        return {}
    ids = {clause.id for clause in document.clauses}
    found: dict[str, tuple[str, ...]] = {}
    for clause_id, questions in written.items():
        own = f"{document.id}/{clause_id.removeprefix(source)}"
        target = own if own in ids else _SAME_PARAGRAPH.sub("", own)
        if target in ids:
            found[target] = (*found.get(target, ()), *questions)
    return found


@cache
def load_questions(folder: Path = QUESTIONS_DIR) -> Mapping[str, tuple[str, ...]]:
    """All questions by clause id, in the order of their files."""
    questions: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            questions[entry["clause"]] = tuple(entry["questions"])
    return questions
