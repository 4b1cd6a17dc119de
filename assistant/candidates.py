"""The clauses that could answer a question: found, weighed for what it asks, best first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.asks import asks
from assistant.evidence import holds
from assistant.examples import knows_examples, load_examples
from assistant.relevance import Look, relevance
from assistant.understanding import Intent, Understanding, school_named
from corpus.models import Clause, ClauseKind, Document, Stage
from corpus.tags import ALL_PUPILS
from index.models import SearchResult
from index.related import Related, by_paragraph, load_related, paragraph_of
from index.search import Searcher

_POOL = 60
_WEIGHED = 40  # of those found, so many are weighed
_PART_WORTH = 0.9  # what is found for one part of a question, against what is found for all of it
_LINKED_FROM, _LINKED = 5, 12  # the best so many bring their companions, at most so many
_LINK_WORTH = 0.6  # of the score of the clause that brings it
_TAKEN = 0.15  # what so large a share of the questions like it took is looked at, found or not
_ABOUT_IT = 0.5  # a named person answers "who" only where the clause holds half of what is asked about
_OTHERS = 0.75  # what a clause about other pupils only is worth
_LONG_LIST = 700  # characters
# Whoever is looked after has a social worker too; who was looked after before may not.
_RELATED_GROUPS = {"CLA": {"CSW"}, "CSW": {"CLA"}}
# "Hartsbourne Primary School: ...": an item that names who holds a role.
NAMED = re.compile(r"(?:- )?[A-Z][\w ]+ School: [A-Z]")
# A question about the one is not answered by a clause about the other alone.
_APART = ({"c_suspension", "c_permanent_exclusion"},)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause and how likely it belongs in the answer (score, 0 to 1).

    coverage: how much of the question's content it holds, 0 to 1; the others are its search scores.
    see_also: it is worth reading beside the answer rather than part of it.
    """

    clause: Clause
    document: Document
    score: float
    coverage: float
    vector_score: float = 0.0
    question_score: float = 0.0
    keyword_score: float = 0.0
    see_also: bool = False


def candidates(
    searcher: Searcher, understanding: Understanding, *, leave_out: Sequence[int] = (), precedents: bool = True
) -> list[Candidate]:
    """The clauses found for a question and its parts, with how likely each belongs in the answer, best first.

    leave_out: the places among the examples of questions that must not speak for it, when it is what is fitted on.
    precedents: whether what questions like it took counts, as it does not for documents that nobody has asked about.
    """
    looks = looked_at(searcher, understanding, leave_out=leave_out, precedents=precedents)
    scored = [
        Candidate(
            look.result.clause,
            searcher.documents[look.result.clause.document_id],
            probability,
            look.coverage,
            look.result.vector_score,
            look.result.question_score,
            look.result.keyword_score,
        )
        for look, probability in zip(looks, relevance(looks, understanding), strict=True)
    ]
    return sorted(scored, key=lambda candidate: (-candidate.score, candidate.clause.id))


def looked_at(
    searcher: Searcher, understanding: Understanding, *, leave_out: Sequence[int] = (), precedents: bool = True
) -> list[Look]:
    """What is known of each clause that comes into question, before it is weighed; the best found first."""
    weights = term_weights(searcher, understanding.terms)
    found = _found(searcher, understanding)
    looks = [
        _look(result, searcher, understanding, weights)
        for result in found.values()
        if not _is_of_another_school(result.clause, understanding)
        and (result.clause.kind is not ClauseKind.LIST or worth_whole(result.clause, understanding))
    ]
    best = sorted(looks, key=lambda look: (-look.fused, look.result.clause.id))[:_WEIGHED]
    support = _support(searcher, understanding, leave_out) if precedents else {}
    best += _linked(searcher, understanding, weights, best, support)
    looks = _with_links(searcher, best)
    return _with_precedents(searcher, looks, _of_every_school(looks, support)) if precedents else looks


def _is_of_another_school(clause: Clause, understanding: Understanding) -> bool:
    """Whether a clause names who holds a role at other schools than the one that is asked about."""
    if understanding.school is None:
        return False
    named = [line for line in clause.text.split("\n") if NAMED.match(line)]
    return any(school_named(line.partition(":")[0]) != understanding.school for line in named)


def term_weights(searcher: Searcher, terms: Iterable[str]) -> dict[str, float]:
    """How telling each term of the question is: rare ones most; one that no clause has, as the rarest."""
    size = max(searcher.size, 2)
    return {term: math.log(1 + size / (searcher.term_counts.get(term, 0) + 0.5)) for term in terms}


def worth_whole(clause: Clause, understanding: Understanding) -> bool:
    """A list under a lead-in is one thought; long points under a heading are many, unless a list is asked for."""
    bare = clause.text.startswith(("- ", "("))
    return not bare or len(clause.text) <= _LONG_LIST or understanding.intent is Intent.LIST


# --- finding ---------------------------------------------------------------------------------


def _found(searcher: Searcher, understanding: Understanding) -> dict[str, SearchResult]:
    """The best result of each clause over the question and its parts."""
    found = {result.clause.id: result for result in searcher.search(understanding.text, top_k=_POOL)}
    for part in asks(understanding.text, vocabulary=searcher.vocabulary):
        for result in searcher.search(part, top_k=_POOL // 2):
            weighed = replace(result, score=result.score * _PART_WORTH)
            known = found.get(result.clause.id)
            found[result.clause.id] = weighed if known is None else _better(known, weighed)
    return found


def _better(one: SearchResult, other: SearchResult) -> SearchResult:
    """The result with the higher score, with the nearest passages of both."""
    best, second = (one, other) if one.score >= other.score else (other, one)
    return replace(
        best,
        vector_score=max(best.vector_score, second.vector_score),
        question_score=max(best.question_score, second.question_score),
        question_support=max(best.question_support, second.question_support),
    )


def _linked(
    searcher: Searcher,
    understanding: Understanding,
    weights: Mapping[str, float],
    best: Sequence[Look],
    support: Mapping[str, float],
) -> list[Look]:
    """The companions of the best clauses that were not found themselves, and what questions like this one took."""
    have = {look.result.clause.id for look in best}
    worth: dict[str, float] = {}
    leading = best[:_LINKED_FROM]
    for look, linked in zip(leading, _related(searcher, leading), strict=True):
        for id_ in (*linked.companions, *linked.same):
            if id_ not in have:
                worth[id_] = max(worth.get(id_, 0.0), _LINK_WORTH * look.result.score)
    wanted = sorted(worth, key=lambda id_: (-worth[id_], id_))[:_LINKED]
    taken = [id_ for id_, share in support.items() if share >= _TAKEN and id_ not in have and id_ not in wanted]
    wanted += sorted(taken, key=lambda id_: (-support[id_], id_))[:_LINKED]
    return [
        _look(SearchResult(clause, worth.get(id_, 0.0)), searcher, understanding, weights)
        for id_, clause in sorted(searcher.cached.clauses(wanted).items())
        if not _is_of_another_school(clause, understanding)
    ]


def _related(searcher: Searcher, looks: Sequence[Look]) -> list[Related]:
    """The links of each clause; a paragraph of an official document has those of its digest's clauses on it."""
    # The digest that each added document stands in for, mostly under the digest's own id.
    digests = {id_: doc.stands_for or id_ for id_, doc in searcher.documents.items() if doc.origin == "added"}
    added = {digest: id_ for id_, digest in digests.items()}

    def resolved(ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(_moved(paragraph_of(id_), added) if id_.partition("/")[0] in added else id_ for id_ in ids)

    found = [
        by_paragraph().get(_moved(look.result.clause.id, digests), Related())
        if look.result.clause.document_id in digests
        else load_related().get(look.result.clause.id, Related())
        for look in looks
    ]
    return [Related(resolved(one.same), resolved(one.companions)) for one in found] if added else found


def _moved(clause_id: str, documents: Mapping[str, str]) -> str:
    """The clause of the same number in the document that another is known by."""
    document_id, _, place = clause_id.partition("/")
    return f"{documents[document_id]}/{place}"


def _with_links(searcher: Searcher, looks: Sequence[Look]) -> list[Look]:
    """The looks with how well, against the best, the clauses were found that each goes with or says the same as."""
    best = max((look.fused for look in looks), default=1.0) or 1.0
    companion: dict[str, float] = {}
    same: dict[str, float] = {}
    for look, linked in zip(looks, _related(searcher, looks), strict=True):
        for ids, known in ((linked.companions, companion), (linked.same, same)):
            for id_ in ids:
                known[id_] = max(known.get(id_, 0.0), look.fused / best)
    return [
        replace(look, companion=companion.get(id_, 0.0), same=same.get(id_, 0.0))
        for look in looks
        for id_ in (look.result.clause.id,)
    ]


def _support(searcher: Searcher, understanding: Understanding, leave_out: Sequence[int]) -> dict[str, float]:
    """How much was each clause needed for questions like this one or one of its parts, 0 to 1, by clause id."""
    if not knows_examples(searcher):
        return {}
    examples = load_examples()
    found = examples.support(searcher.vector_of(understanding.text), leave_out=leave_out)
    for part in asks(understanding.text, vocabulary=searcher.vocabulary):
        for id_, share in examples.support(searcher.vector_of(part), leave_out=leave_out).items():
            found[id_] = max(found.get(id_, 0.0), _PART_WORTH * share)
    return found


def _of_every_school(looks: Sequence[Look], support: Mapping[str, float]) -> Mapping[str, float]:
    """The support with as much for who holds a role at one school as for who holds it at another: questions like this
    one named others, or none."""
    found = dict(support)
    for look in looks:
        clause = look.result.clause
        if clause.parent_id and NAMED.match(clause.text):
            place = clause.id.rpartition("/")[0]
            alike = [id_ for id_ in support if id_ == clause.parent_id or id_.rpartition("/")[0] == place]
            found[clause.id] = max((support[id_] for id_ in alike), default=0.0)
    return found


def _with_precedents(searcher: Searcher, looks: Sequence[Look], support: Mapping[str, float]) -> list[Look]:
    """The looks with how much questions like this one needed each, where any are known for its document."""
    shipped = {id_ for id_, document in searcher.documents.items() if document.origin != "added"}
    known = shipped & load_examples().precedents.documents if knows_examples(searcher) else set()
    return [
        replace(look, precedent=support.get(look.result.clause.id, 0.0))
        if look.result.clause.document_id in known
        else look
        for look in looks
    ]


# --- scoring ---------------------------------------------------------------------------------


def _look(result: SearchResult, searcher: Searcher, understanding: Understanding, weights: Mapping[str, float]) -> Look:
    clause = result.clause
    words = searcher.terms_of(clause)
    total = sum(weights.values())
    coverage = sum(weight for term, weight in weights.items() if term in words) / total if total else 0.0
    fits = fit(understanding, clause) * _topic_factor(understanding, words)
    if coverage >= _ABOUT_IT:
        fits *= _person_factor(understanding, clause)
    return Look(result, coverage=coverage, fit=fits, fused=(result.score + 0.3 * coverage) * fits)


def fit(understanding: Understanding, clause: Clause) -> float:
    """How well a clause fits who and what is asked about, as a factor around 1."""
    role = 1.05 if set(understanding.roles) & set(clause.bound) else 1.0
    kind = 1.0 if holds(understanding.intent, clause.full_text) else 0.8
    return (
        _group_factor(understanding, clause)
        * _school_factor(understanding, clause)
        * _stage_factor(understanding, clause)
        * kind
        * role
    )


def is_of_others(understanding: Understanding, clause: Clause) -> bool:
    """Whether a clause is about other pupils only than those that are asked about."""
    return _group_factor(understanding, clause) <= _OTHERS


def _group_factor(understanding: Understanding, clause: Clause) -> float:
    """A clause about other pupils only is out of place; one about just these pupils is in it."""
    wanted, named = set(understanding.groups), set(clause.groups)
    if not wanted or not named or ALL_PUPILS in named:
        return 1.0
    # What holds for pupils with SEND is for them, whoever else it names.
    special = 0.85 if "SEND" in named - wanted else 1.0
    if wanted & named:
        return special
    return special * 0.9 if any(_RELATED_GROUPS.get(group, set()) & named for group in wanted) else _OTHERS


def _school_factor(understanding: Understanding, clause: Clause) -> float:
    """An item that names one school answers for that school only."""
    if clause.kind is ClauseKind.LIST or understanding.school is None:
        return 1.0
    named = school_named(clause.text)
    return 1.0 if named is None else (1.25 if named == understanding.school else 0.2)


def _person_factor(understanding: Understanding, clause: Clause) -> float:
    """Who somebody is, is answered by a name before it is by what the role does."""
    return 1.5 if understanding.intent is Intent.WHO and NAMED.match(clause.text) else 1.0


def _topic_factor(understanding: Understanding, words: frozenset[str]) -> float:
    """Less for a clause that speaks only of what is kept apart from what was asked about."""
    asked = set(understanding.terms)
    apart = any(pair & asked and pair & words and not pair & asked & words for pair in _APART)
    return 0.85 if apart else 1.0


def _stage_factor(understanding: Understanding, clause: Clause) -> float:
    if not understanding.stages or clause.stage is Stage.ALWAYS:
        return 1.0
    return 1.05 if clause.stage in understanding.stages else 0.9
