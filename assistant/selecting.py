"""Which of the clauses found belong in the answer, and in which order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.evidence import holds
from assistant.understanding import Intent, Understanding, school_named
from corpus.models import Authority, Clause, ClauseKind, Document, Modality, Stage
from corpus.tags import ALL_PUPILS
from index.models import SearchResult
from index.search import Searcher

MAX_CITATIONS = 8
_POOL = 60
_LONG_LIST = 700  # characters
# How far below the best a clause may score and still be said, by intent: a name needs one clause, a procedure many.
_FLOORS = {Intent.WHO: 0.75, Intent.CONTACT: 0.7, Intent.PROCEDURE: 0.45, Intent.LIST: 0.6}
_FLOOR = 0.62
_LIMITS = {Intent.WHO: 3, Intent.CONTACT: 3, Intent.PROCEDURE: MAX_CITATIONS, Intent.HOW_OFTEN: 4, Intent.LIST: 4}
_LIMIT = 5
# A procedure is told from every layer, each with room of its own.
_LAYER_ROOM = {Authority.TRUST_POLICY: 5, Authority.STATUTORY: 4, Authority.NON_STATUTORY: 2, Authority.LOCAL: 2}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause with its adjusted score and how much of the question's content it holds (0 to 1)."""

    clause: Clause
    document: Document
    score: float
    coverage: float
    vector_score: float


def candidates(searcher: Searcher, understanding: Understanding) -> list[Candidate]:
    """The clauses found, scored for what the question asks, best first."""
    weights = term_weights(searcher, understanding.terms)
    found = searcher.search(understanding.text, top_k=_POOL)
    scored = [
        _candidate(result, searcher, understanding, weights)
        for result in found
        if result.clause.kind is not ClauseKind.LIST or _worth_whole(result.clause, understanding)
    ]
    return sorted(scored, key=lambda candidate: (-candidate.score, candidate.clause.id))


def term_weights(searcher: Searcher, terms: Iterable[str]) -> dict[str, float]:
    """How telling each term of the question is: rare ones most; one that no clause has, as the rarest."""
    size = max(searcher.record.counts()["clauses"], 2)
    return {term: math.log(1 + size / (searcher.term_counts.get(term, 0) + 0.5)) for term in terms}


def select(searcher: Searcher, understanding: Understanding, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The clauses to answer from: at most 8, in the order of their scores, lists instead of their items."""
    if not ranked:
        return []
    if understanding.intent is Intent.PROCEDURE:
        chosen = _procedure(searcher, understanding, ranked)
    else:
        floor = _FLOORS.get(understanding.intent, _FLOOR) * ranked[0].score
        limit = _LIMITS.get(understanding.intent, _LIMIT)
        chosen = [candidate for candidate in ranked if candidate.score >= floor][: limit * 2]
        chosen = _lists_for_items(searcher, understanding, chosen)[:limit]
    return chosen[:MAX_CITATIONS]


def _candidate(
    result: SearchResult, searcher: Searcher, understanding: Understanding, weights: Mapping[str, float]
) -> Candidate:
    clause = result.clause
    document = searcher.documents[clause.document_id]
    words = set(searcher.vocabulary.terms(f"{' '.join(clause.heading_path)} {clause.full_text} {clause.when}"))
    total = sum(weights.values())
    coverage = sum(weight for term, weight in weights.items() if term in words) / total if total else 0.0
    score = result.score + 0.5 * coverage
    score *= _group_factor(understanding, clause) * _school_factor(understanding, clause)
    score *= _kind_factor(understanding, clause) * _stage_factor(understanding, clause)
    if understanding.roles and set(understanding.roles) & set(clause.bound):
        score *= 1.05
    return Candidate(clause, document, score, coverage, result.vector_score)


def _group_factor(understanding: Understanding, clause: Clause) -> float:
    """A clause about other pupils only is out of place; one about just these pupils is in it."""
    if not understanding.groups or not clause.groups or ALL_PUPILS in clause.groups:
        return 1.0
    wanted = set(understanding.groups)
    if wanted & set(clause.groups):
        return 1.0
    # Whoever is looked after has a social worker too; who was looked after before may not.
    related = {"CLA": {"CSW"}, "CSW": {"CLA"}, "PLA": set(), "SEND": set(), "kinship": set()}
    near = set().union(*(related.get(group, set()) for group in wanted)) & set(clause.groups)
    return 0.9 if near else 0.65


def _school_factor(understanding: Understanding, clause: Clause) -> float:
    """An item that names one school answers for that school only."""
    if clause.kind is ClauseKind.LIST:
        return 1.0
    named = school_named(clause.text)
    if named is None or understanding.school is None:
        return 1.0
    return 1.25 if named == understanding.school else 0.2


def _kind_factor(understanding: Understanding, clause: Clause) -> float:
    return 1.0 if holds(understanding.intent, clause.full_text) else 0.7


def _stage_factor(understanding: Understanding, clause: Clause) -> float:
    if not understanding.stages or clause.stage is Stage.ALWAYS:
        return 1.0
    return 1.05 if clause.stage in understanding.stages else 0.85


def _lists_for_items(searcher: Searcher, understanding: Understanding, chosen: Sequence[Candidate]) -> list[Candidate]:
    """Say a list once: whole where the question wants it or several items answer, else the item alone."""
    by_id = {candidate.clause.id: candidate for candidate in chosen}
    items: dict[str, list[Candidate]] = {}
    for candidate in chosen:
        if candidate.clause.parent_id:
            items.setdefault(candidate.clause.parent_id, []).append(candidate)
    lists = searcher.record.clauses(items)
    whole = {
        parent
        for parent, found in items.items()
        if parent in lists
        and lists[parent].kind is ClauseKind.LIST
        and (len(found) >= 3 or (len(found) >= 2 and understanding.intent in {Intent.LIST, Intent.PROCEDURE}))
        and not (understanding.school and school_named(found[0].clause.text))
        and _worth_whole(lists[parent], understanding)
    }
    kept: list[Candidate] = []
    said: set[str] = set()
    for candidate in chosen:
        clause, parent = candidate.clause, candidate.clause.parent_id
        if parent in whole:
            clause = lists[parent]
            candidate = by_id.get(parent, replace(candidate, clause=clause))
        elif clause.kind is ClauseKind.LIST and clause.id in items and clause.id not in whole:
            if items[clause.id][0].score >= candidate.score * 0.95:
                continue  # the item says it
            said.update(item.clause.id for item in items[clause.id])
        if clause.id not in said:
            said.add(clause.id)
            kept.append(candidate)
    return kept


def _worth_whole(clause: Clause, understanding: Understanding) -> bool:
    """A list under a lead-in is one thought; a row of long points under a heading is many, unless a list is asked for."""
    bare = clause.text.startswith(("- ", "("))
    return not bare or len(clause.text) <= _LONG_LIST or understanding.intent is Intent.LIST


def _procedure(searcher: Searcher, understanding: Understanding, ranked: Sequence[Candidate]) -> list[Candidate]:
    """From each layer its best clauses; from the policy, the rest of the section that answers as well."""
    top = ranked[0].score
    floor = _FLOORS[Intent.PROCEDURE] * top
    pool = [candidate for candidate in ranked if candidate.score >= floor]
    pool = _lists_for_items(searcher, understanding, _with_section(searcher, understanding, pool))
    room = dict(_LAYER_ROOM)
    chosen: list[Candidate] = []
    for candidate in pool:
        authority = candidate.document.authority
        if room.get(authority, 0) > 0:
            room[authority] -= 1
            chosen.append(candidate)
    return sorted(chosen, key=lambda candidate: -candidate.score)[:MAX_CITATIONS]


def _with_section(searcher: Searcher, understanding: Understanding, pool: Sequence[Candidate]) -> list[Candidate]:
    """Add what the policy commits to elsewhere in the section that answers best: steps often share no word."""
    policy = [c for c in pool if c.document.authority is Authority.TRUST_POLICY and c.clause.heading_path]
    if not policy or policy[0].score < 0.5 * pool[0].score:
        return list(pool)
    best = policy[0]
    known = {candidate.clause.id for candidate in pool}
    # The section's steps are worth a little less than its best, more when they are of the stage asked for.
    extra = []
    for clause in searcher.record.document(best.document.id).clauses:
        if (
            clause.heading_path != best.clause.heading_path
            or clause.id in known
            or "/" in clause.parent_id[len(best.document.id) + 1 :].partition("/")[2]
        ):
            continue
        if clause.modality not in {Modality.WILL, Modality.MUST, Modality.MUST_NOT, Modality.SHOULD}:
            continue
        score = 0.8 * best.score * _group_factor(understanding, clause) * _stage_factor(understanding, clause)
        extra.append(replace(best, clause=clause, score=score, coverage=0.0, vector_score=0.0))
    return sorted([*pool, *extra], key=lambda candidate: (-candidate.score, candidate.clause.id))
