"""Which of the clauses found belong in the answer, and in which order."""

from __future__ import annotations

import math
import re
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
# How far below the best a clause may score and still be said, and how many are, by intent: a name needs one
# clause, a procedure many. Measured on the development split (evals/README.md).
_FLOORS = {Intent.WHO: 0.7, Intent.CONTACT: 0.7}
_FLOOR = 0.55
_LIMITS = {Intent.WHO: 4, Intent.CONTACT: 3, Intent.PROCEDURE: 6}
_LIMIT = 5
# A broad question of procedure ("what must I do before ...") is told from every layer, each with room of its own.
_BROAD_WORDS = 3
_POLICY_ROOM, _LAW_ROOM, _OTHER_ROOM = 5, 2, 3
_SECTION_WORTH = 0.8  # what a step is worth that stands in the section that answers best
_COMMITTING = frozenset({Modality.WILL, Modality.MUST, Modality.MUST_NOT, Modality.SHOULD, Modality.SHOULD_NOT})
_LAW = frozenset({Modality.MUST, Modality.MUST_NOT})
# Whoever is looked after has a social worker too; who was looked after before may not.
_RELATED_GROUPS = {"CLA": {"CSW"}, "CSW": {"CLA"}}
# "Hartsbourne Primary School: ...": an item that names who holds a role.
_NAMED = re.compile(r"(?:- )?[A-Z][\w ]+ School: [A-Z]")
# A question about the one is not answered by a clause about the other alone.
_APART = ({"c_suspension", "c_permanent_exclusion"},)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause with its adjusted score, how much of the question's content it holds (0 to 1), and its search scores."""

    clause: Clause
    document: Document
    score: float
    coverage: float
    vector_score: float = 0.0
    question_score: float = 0.0
    keyword_score: float = 0.0


def candidates(searcher: Searcher, understanding: Understanding) -> list[Candidate]:
    """The clauses found, scored for what the question asks, best first."""
    weights = term_weights(searcher, understanding.terms)
    scored = [
        _candidate(result, searcher, understanding, weights)
        for result in searcher.search(understanding.text, top_k=_POOL)
        if result.clause.kind is not ClauseKind.LIST or _worth_whole(result.clause, understanding)
    ]
    return sorted(scored, key=lambda candidate: (-candidate.score, candidate.clause.id))


def term_weights(searcher: Searcher, terms: Iterable[str]) -> dict[str, float]:
    """How telling each term of the question is: rare ones most; one that no clause has, as the rarest."""
    size = max(searcher.size, 2)
    return {term: math.log(1 + size / (searcher.term_counts.get(term, 0) + 0.5)) for term in terms}


def select(searcher: Searcher, understanding: Understanding, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The clauses to answer from: at most 8, in the order of their scores, lists instead of their items."""
    if not ranked:
        return []
    if _is_broad_procedure(understanding):
        return _procedure(searcher, understanding, ranked)
    floor = _FLOORS.get(understanding.intent, _FLOOR) * ranked[0].score
    limit = _LIMITS.get(understanding.intent, _LIMIT)
    chosen = [candidate for candidate in ranked if candidate.score >= floor][: limit * 2]
    return _lists_for_items(searcher, understanding, chosen)[:limit]


# --- scoring ---------------------------------------------------------------------------------


def _candidate(
    result: SearchResult, searcher: Searcher, understanding: Understanding, weights: Mapping[str, float]
) -> Candidate:
    clause = result.clause
    words = set(searcher.vocabulary.terms(f"{' '.join(clause.heading_path)} {clause.full_text} {clause.when}"))
    total = sum(weights.values())
    coverage = sum(weight for term, weight in weights.items() if term in words) / total if total else 0.0
    score = (result.score + 0.3 * coverage) * fit(understanding, clause) * _topic_factor(understanding, words)
    return Candidate(
        clause,
        searcher.documents[clause.document_id],
        score,
        coverage,
        result.vector_score,
        result.question_score,
        result.keyword_score,
    )


def fit(understanding: Understanding, clause: Clause) -> float:
    """How well a clause fits who and what is asked about, as a factor around 1."""
    role = 1.05 if set(understanding.roles) & set(clause.bound) else 1.0
    kind = 1.0 if holds(understanding.intent, clause.full_text) else 0.8
    return (
        _group_factor(understanding, clause)
        * _school_factor(understanding, clause)
        * _stage_factor(understanding, clause)
        * _person_factor(understanding, clause)
        * kind
        * role
    )


def _group_factor(understanding: Understanding, clause: Clause) -> float:
    """A clause about other pupils only is out of place; one about just these pupils is in it."""
    wanted, named = set(understanding.groups), set(clause.groups)
    if not wanted or not named or ALL_PUPILS in named:
        return 1.0
    # What holds for pupils with SEND is for them, whoever else it names.
    special = 0.85 if "SEND" in named - wanted else 1.0
    if wanted & named:
        return special
    return special * 0.9 if any(_RELATED_GROUPS.get(group, set()) & named for group in wanted) else 0.75


def _school_factor(understanding: Understanding, clause: Clause) -> float:
    """An item that names one school answers for that school only."""
    if clause.kind is ClauseKind.LIST or understanding.school is None:
        return 1.0
    named = school_named(clause.text)
    return 1.0 if named is None else (1.25 if named == understanding.school else 0.2)


def _person_factor(understanding: Understanding, clause: Clause) -> float:
    """Who somebody is, is answered by a name before it is by what the role does."""
    return 1.5 if understanding.intent is Intent.WHO and _NAMED.match(clause.text) else 1.0


def _topic_factor(understanding: Understanding, words: set[str]) -> float:
    """Less for a clause that speaks only of what is kept apart from what was asked about."""
    asked = set(understanding.terms)
    apart = any(pair & asked and pair & words and not pair & asked & words for pair in _APART)
    return 0.85 if apart else 1.0


def _stage_factor(understanding: Understanding, clause: Clause) -> float:
    if not understanding.stages or clause.stage is Stage.ALWAYS:
        return 1.0
    return 1.05 if clause.stage in understanding.stages else 0.9


# --- choosing --------------------------------------------------------------------------------


def _lists_for_items(searcher: Searcher, understanding: Understanding, chosen: Sequence[Candidate]) -> list[Candidate]:
    """Say a list once: whole where the question wants it or several items answer, else the item alone."""
    whole = _whole_lists(searcher, understanding, chosen)
    best_item: dict[str, float] = {}
    for candidate in chosen:
        parent = candidate.clause.parent_id
        best_item[parent] = max(best_item.get(parent, 0.0), candidate.score)
    kept: list[Candidate] = []
    said: set[str] = set()
    for candidate in chosen:
        clause = whole.get(candidate.clause.parent_id, candidate.clause)
        if clause.id in said or clause.parent_id in said:
            continue
        # Where one of its items answers as well as the list, the item says it.
        is_list = clause.kind is ClauseKind.LIST and clause.id not in whole
        if is_list and best_item.get(clause.id, 0.0) >= 0.95 * candidate.score:
            continue
        said.add(clause.id)
        kept.append(replace(candidate, clause=clause))
    return kept


def _whole_lists(searcher: Searcher, understanding: Understanding, chosen: Sequence[Candidate]) -> dict[str, Clause]:
    """The lists to be said whole, by id: those of which several items were found."""
    found: dict[str, list[Candidate]] = {}
    for candidate in chosen:
        if candidate.clause.parent_id:
            found.setdefault(candidate.clause.parent_id, []).append(candidate)
    enough = 2 if understanding.intent in {Intent.LIST, Intent.PROCEDURE} else 3
    several = [
        parent
        for parent, items in found.items()
        # Where the school is not known, one school's name is no answer: all are said.
        if len(items) >= enough or (understanding.school is None and _NAMED.match(items[0].clause.text))
    ]
    return {
        id_: clause
        for id_, clause in searcher.record.clauses(several).items()
        if clause.kind is ClauseKind.LIST
        and _worth_whole(clause, understanding)
        and not (understanding.school and school_named(found[id_][0].clause.text))
    }


def _worth_whole(clause: Clause, understanding: Understanding) -> bool:
    """A list under a lead-in is one thought; long points under a heading are many, unless a list is asked for."""
    bare = clause.text.startswith(("- ", "("))
    return not bare or len(clause.text) <= _LONG_LIST or understanding.intent is Intent.LIST


def _is_broad_procedure(understanding: Understanding) -> bool:
    """Whether a whole procedure is asked for: "what must I do before suspending a CLA pupil?"."""
    plain = [term for term in understanding.terms if not term.startswith("c_")]
    return understanding.intent is Intent.PROCEDURE and len(plain) <= _BROAD_WORDS and bool(understanding.stages)


def _procedure(searcher: Searcher, understanding: Understanding, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The best of every layer: what the law requires, what guidance says, and the policy's own steps."""
    floor = _FLOOR * ranked[0].score
    pool = [candidate for candidate in ranked if candidate.score >= floor]
    others = [candidate for candidate in pool if candidate.document.authority is not Authority.TRUST_POLICY]
    law = [candidate for candidate in others if candidate.clause.modality in _LAW][:_LAW_ROOM]
    guidance = [candidate for candidate in others if candidate not in law][: _OTHER_ROOM - min(len(law), 1)]
    policy = _lists_for_items(searcher, understanding, _policy_steps(searcher, understanding, pool))
    policy = _without_echoes(searcher, policy, said=[*law, *guidance])[:_POLICY_ROOM]
    room = MAX_CITATIONS - len(policy)
    chosen = sorted([*guidance, *law], key=lambda candidate: -candidate.score)
    first = [*law[:1], *guidance[:1]]
    kept = [*first, *(candidate for candidate in chosen if candidate not in first)][:room]
    return sorted([*kept, *policy], key=lambda candidate: -candidate.score)


def _policy_steps(searcher: Searcher, understanding: Understanding, pool: Sequence[Candidate]) -> list[Candidate]:
    """What the policy commits to in the section that answers best: its steps often share no word with the question."""
    policy = [candidate for candidate in pool if candidate.document.authority is Authority.TRUST_POLICY]
    if not policy or not policy[0].clause.heading_path:
        return policy
    best = policy[0]
    steps = {candidate.clause.id: candidate for candidate in policy}
    for clause in searcher.record.document(best.document.id).clauses:
        whole = not clause.parent_id or clause.parent_id.endswith("/list")
        if not whole or clause.heading_path != best.clause.heading_path or clause.modality not in _COMMITTING:
            continue
        if clause.kind is ClauseKind.LIST and not _worth_whole(clause, understanding):
            continue
        words = set(searcher.vocabulary.terms(clause.full_text))
        worth = _SECTION_WORTH * best.score * fit(understanding, clause) * _topic_factor(understanding, words)
        known = steps.get(clause.id, Candidate(clause, best.document, 0.0, 0.0))
        steps[clause.id] = replace(known, score=max(known.score, worth))
    return sorted(steps.values(), key=lambda candidate: (-candidate.score, candidate.clause.id))


def _without_echoes(searcher: Searcher, steps: Sequence[Candidate], *, said: Sequence[Candidate]) -> list[Candidate]:
    """Put last what mostly repeats a clause already said, such as the policy's quotation of the guidance."""
    before = [set(searcher.vocabulary.terms(candidate.clause.full_text)) for candidate in said]

    def echo(candidate: Candidate) -> bool:
        words = set(searcher.vocabulary.terms(candidate.clause.full_text))
        return any(len(words & other) >= 0.75 * len(other) for other in before if other)

    return sorted(steps, key=echo)
