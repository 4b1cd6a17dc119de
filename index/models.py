"""The values that pass out of the index."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corpus.models import Authority, Clause
from corpus.tags import ALL_PUPILS


class SearchMode(StrEnum):
    """Which ranking answers a search."""

    KEYWORD = "keyword"
    VECTOR = "vector"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What a clause has to be to be found; an empty field lets every clause pass.

    groups: the clause concerns one of these pupils, or all pupils. roles: it binds one of these.
    """

    document_ids: tuple[str, ...] = ()
    authorities: tuple[Authority, ...] = ()
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def admits(self, clause: Clause, authority: Authority) -> bool:
        return (
            (not self.document_ids or clause.document_id in self.document_ids)
            and (not self.authorities or authority in self.authorities)
            and (not self.groups or bool({*self.groups, ALL_PUPILS} & set(clause.groups)))
            and (not self.roles or bool(set(self.roles) & set(clause.bound)))
        )

    def __bool__(self) -> bool:
        return bool(self.document_ids or self.authorities or self.groups or self.roles)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A clause found, best score 1.0 and up for a paragraph asked for by number.

    keyword_score: BM25; vector_score: cosine similarity of the nearest passage; question_score: of the
    nearest question written for the clause; question_support: mean of the three nearest of these;
    0.0 where not found that way.
    """

    clause: Clause
    score: float
    keyword_score: float = 0.0
    vector_score: float = 0.0
    question_score: float = 0.0
    question_support: float = 0.0


def flag(kind: str, name: str) -> str:
    """The metadata key that says whether a clause concerns a group or binds a role: "group_CLA"."""
    return f"{kind}_{name.replace(' ', '_')}"
