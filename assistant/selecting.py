"""Which of the clauses found belong in the answer, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.candidates import NAMED, Candidate, fit, is_of_others, worth_whole
from assistant.procedures import Asked, step_ids, steps
from assistant.understanding import Intent, Understanding, school_named
from corpus.models import Authority, Clause, ClauseKind, Modality
from index.related import Related, load_related
from index.search import Searcher

MAX_CITATIONS = 8
# From which probability a clause is cited, and from which it is part of the answer rather than something to see as
# well. A partial answer does more harm than a long one; measured on the development split (evals/cutoffs.py).
FLOOR, ANSWERS_FROM = 0.07, 0.35
_ALWAYS_ANSWER = 1  # the best so many are the answer, however unsure
# The policy is one document among fifteen, and the one that binds staff: so many of its clauses have a place from this
# probability on, however many paragraphs of guidance are likelier.
_POLICY_KEPT, _POLICY_FROM = 3, 0.1
_FAR_LIKELIER = 3  # times: what is so much likelier gives way to nothing
_GIVEN_ALREADY = 0.1  # what a clause is worth that was the answer for the pupils asked about before
# A whole procedure ("what must I do before ...") is told from every layer, each with room of its own.
_POLICY_ROOM, _LAW_ROOM, _OTHER_ROOM = 4, 2, 4
_BROAD_FLOOR = 0.05  # of the best: its steps are told at length
_FOUND = 0.2  # from here on a step was found for itself, not for its section
_SECTION_WORTH = 0.8  # what a step is worth that stands in the section that answers best
_DUTY = 0.9  # what a duty counts as that belongs to a procedure by name
_FEWEST_DUTIES = 2
_BESIDE_DUTIES, _MOST_BESIDE = 0.35, 4  # of what search finds beside them, so likely, so many
_MOST_BESIDE_DUTIES = 14  # so many points at most where the duties stand beside what was asked
_MOST_DUTIES = 16  # beyond so many points nothing stands beside the duties
_COMMITTING = frozenset({Modality.WILL, Modality.MUST, Modality.MUST_NOT, Modality.SHOULD, Modality.SHOULD_NOT})
_LAW = frozenset({Modality.MUST, Modality.MUST_NOT})


def select(
    searcher: Searcher,
    understanding: Understanding,
    ranked: Sequence[Candidate],
    *,
    floor: float = FLOOR,
    answers_from: float = ANSWERS_FROM,
) -> list[Candidate]:
    """The clauses to answer from: at most 8, more for a procedure whose duties are known; in the order of their scores,
    lists instead of their items.

    floor, answers_from: the probabilities from which a clause is cited, and from which it is part of the answer.
    """
    if not ranked:
        return []
    asked = understanding.procedure
    if asked is not None and not asked.beside:
        return _with_duties(searcher, understanding, asked, ranked)
    if understanding.wants_whole_procedure:
        return _procedure(searcher, understanding, ranked)
    chosen = [candidate for candidate in ranked if candidate.score >= floor] or list(ranked[:1])
    kept = _with_policy(_lists_for_items(searcher, understanding, chosen))
    found = [
        replace(candidate, see_also=place >= _ALWAYS_ANSWER and candidate.score < answers_from)
        for place, candidate in enumerate(kept)
    ]
    if asked is None:
        return found
    told = _told(one.clause for one in found)
    likely = {candidate.clause.id: candidate.score for candidate in ranked}
    duties = [
        duty
        for duty in _duties(searcher, understanding, asked)
        if duty.clause.id not in told and duty.clause.parent_id not in told
    ]
    duties.sort(key=lambda duty: -likely.get(duty.clause.id, 0.0))
    return [*found, *(replace(duty, see_also=True) for duty in duties)][: max(len(found), _MOST_BESIDE_DUTIES)]


def of_those_asked_about(understanding: Understanding, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates anew for a turn that asks the same of other pupils ("and for PLA?"): what is about those of the
    turn before alone is the answer that was given already."""
    weighed = [
        replace(candidate, score=_GIVEN_ALREADY * candidate.score)
        if is_of_others(understanding, candidate.clause)
        else candidate
        for candidate in ranked
    ]
    return sorted(weighed, key=lambda candidate: (-candidate.score, candidate.clause.id))


def _with_policy(found: Sequence[Candidate]) -> list[Candidate]:
    """The first eight, the last of them giving way to the Trust's own commitments where guidance crowds those out."""
    kept = list(found[:MAX_CITATIONS])
    policy = [c for c in found if c.document.authority is Authority.TRUST_POLICY and c.score >= _POLICY_FROM]
    missing = [candidate for candidate in policy[:_POLICY_KEPT] if candidate not in kept]
    spare = [candidate for candidate in kept if candidate not in policy]
    for commitment in missing:
        if not spare or spare[-1].score > _FAR_LIKELIER * commitment.score:
            break
        kept.remove(spare.pop())
        kept.append(commitment)
    return kept


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
        if len(items) >= enough or (understanding.school is None and NAMED.match(items[0].clause.text))
    ]
    return {
        id_: clause
        for id_, clause in searcher.cached.clauses(several).items()
        if clause.kind is ClauseKind.LIST
        and worth_whole(clause, understanding)
        and not (understanding.school and school_named(found[id_][0].clause.text))
    }


def _with_duties(
    searcher: Searcher, understanding: Understanding, asked: Asked, ranked: Sequence[Candidate]
) -> list[Candidate]:
    """The duties that belong to a procedure, whatever search finds, and what is likely to answer beside them."""
    duties = _duties(searcher, understanding, asked)
    if len(duties) < _FEWEST_DUTIES:  # the index holds an official text in place of the digest, or nothing is due
        return _procedure(searcher, understanding, ranked)
    about = [candidate for candidate in ranked if not is_of_others(understanding, candidate.clause)]
    found = _lists_for_items(searcher, understanding, [one for one in about if one.score >= _BESIDE_DUTIES])
    # A step that is none for these pupils, or of another stage, is likely for its words alone; what says the same as a
    # duty is told.
    told = {*(() if asked.is_narrow else step_ids(asked.procedure)), *_told(duty.clause for duty in duties)}
    beside = [one for one in found if one.clause.id not in told and one.clause.parent_id not in told]
    return [*duties, *beside[:_MOST_BESIDE]][: max(len(duties), _MOST_DUTIES)]


def _duties(searcher: Searcher, understanding: Understanding, asked: Asked) -> list[Candidate]:
    """The steps of a procedure that are due, of those that the index holds."""
    known = searcher.cached.clauses(step_ids(asked.procedure))
    documents = searcher.documents
    return [
        Candidate(clause, documents[clause.document_id], _DUTY, 0.0)
        for clause in steps(asked, understanding.text, understanding.groups, known)
        if clause.document_id in documents
    ]


def _told(clauses: Iterable[Clause]) -> set[str]:
    """The ids of these clauses and of what says the same."""
    return {id_ for clause in clauses for id_ in (clause.id, *load_related().get(clause.id, Related()).same)}


def _procedure(searcher: Searcher, understanding: Understanding, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The best of every layer: what the law requires, what guidance says, and the policy's own steps."""
    floor = _BROAD_FLOOR * ranked[0].score
    about = [candidate for candidate in ranked if not is_of_others(understanding, candidate.clause)] or ranked
    pool = [candidate for candidate in about if candidate.score >= floor]
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
        if clause.kind is ClauseKind.LIST and not worth_whole(clause, understanding):
            continue
        worth = _SECTION_WORTH * best.score * fit(understanding, clause)
        known = steps.get(clause.id, Candidate(clause, best.document, 0.0, 0.0))
        steps[clause.id] = replace(known, score=max(known.score, worth))
    asked = set(understanding.stages)
    found = {candidate.clause.id for candidate in policy if candidate.score >= _FOUND}
    # First the steps that were found for themselves and those of the stage that is asked about.
    return sorted(
        steps.values(),
        key=lambda c: (
            c.clause.id not in found and c.clause.stage not in asked,
            c.clause.id not in found,
            -c.score,
            c.clause.id,
        ),
    )


def _without_echoes(searcher: Searcher, steps: Sequence[Candidate], *, said: Sequence[Candidate]) -> list[Candidate]:
    """Put last what mostly repeats a clause already said, such as the policy's quotation of the guidance."""
    before = [set(searcher.vocabulary.terms(candidate.clause.full_text)) for candidate in said]

    def echo(candidate: Candidate) -> bool:
        words = set(searcher.vocabulary.terms(candidate.clause.full_text))
        return any(len(words & other) >= 0.75 * len(other) for other in before if other)

    return sorted(steps, key=echo)
