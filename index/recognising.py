"""Whether a document is the official text that a digest sums up: told by its numbered paragraphs, not by its name.

Of the digests that ship with paragraph numbers, 75% and 80% of the words of a paragraph stand in the paragraph of that
number of the official text, 30% in the one after it, and under 10% in other documents.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from corpus.models import Document
from index.vocabulary import Vocabulary

_ENOUGH = 0.55  # of the words of its paragraphs
_WHOLE = 0.9  # of its paragraphs: a part of the official text takes no digest's place
_FEWEST = 10  # paragraphs; fewer may agree by chance
_NUMBER = re.compile(r"(\d+)(?:[-/].*)?")


def digest_of(document: Document, shipped: Sequence[Document], vocabulary: Vocabulary) -> Document | None:
    """The digest among the shipped documents that sums up this one, of the same edition; None where there is none."""
    official: dict[str, set[str]] = defaultdict(set)
    for clause in document.clauses:
        if clause.number:
            official[clause.number.rstrip(".")].update(vocabulary.terms(clause.full_text))
    for digest in shipped:
        summed = _paragraphs(digest, vocabulary) if digest.summary else {}
        shared = [number for number in summed if number in official]
        if len(shared) < max(_FEWEST, _WHOLE * len(summed)):
            continue
        held = [len(summed[number] & official[number]) / len(summed[number]) for number in shared]
        if sum(held) / len(held) >= _ENOUGH:
            return digest
    return None


def _paragraphs(digest: Document, vocabulary: Vocabulary) -> dict[str, set[str]]:
    """The terms of each numbered paragraph that a digest sums up: "…/60" and "…/60-2" are paragraph 60."""
    found: dict[str, set[str]] = defaultdict(set)
    for clause in digest.clauses:
        number = _NUMBER.fullmatch(clause.id.removeprefix(f"{digest.id}/"))
        if number:
            found[number[1]].update(vocabulary.terms(clause.text))
    return {number: terms for number, terms in found.items() if terms}
