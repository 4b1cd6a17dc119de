"""What the embedder is shown at each step: batches of questions of which none is answered by another's clause.

Half of a batch comes from the neighbourhood of one clause: telling those apart is what is hard.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evals.training_data import Examples

BATCH = 64
_NEIGHBOURS = 32  # of a batch are taken near one clause
_SECOND_NEIGHBOURS = 60  # how many of the nearest clauses that is chosen from


@dataclass(frozen=True, slots=True)
class Instance:
    """Two questions that a clause answers. kin: the clauses that answer them as well, and the lists they stand in.

    twin: a question worded like them that nothing answers, "" where none was written.
    """

    clause_id: str
    asked: str
    sister: str
    kin: frozenset[str]
    twin: str = ""


def instances(data: Examples, *, seed: int) -> list[Instance]:
    """Every written question once, in pairs of the same clause; every labelled one with each thing it needs."""
    chooser = random.Random(seed)
    made: list[Instance] = []
    for id_, asked in data.questions.items():
        texts = list(asked) * (2 if len(asked) == 1 else 1)
        chooser.shuffle(texts)
        kin = _kin(data, {id_, *data.same.get(id_, ())})
        made += [Instance(id_, texts[at], texts[at + 1], kin) for at in range(0, len(texts) - 1, 2)]
    for example in data.labelled:
        kin = _kin(data, example.relevant)
        for group in example.needed:
            usable = [id_ for id_ in group if id_ in data.texts]
            if not usable:
                continue
            first, *others = chooser.sample(example.wordings, len(example.wordings))
            written = data.questions.get(usable[0], ())
            sister = others[0] if others else chooser.choice(written) if written else first
            twin = chooser.choice(example.twins) if example.twins else ""
            made.append(Instance(usable[0], first, sister, kin, twin))
    return made


def batches(data: Examples, neighbours: Mapping[str, Sequence[str]], *, seed: int) -> Iterator[list[Instance]]:
    """Shuffled batches in which no two instances share kin: a twin is no negative.

    neighbours: of each clause the nearest others, nearest first.
    """
    chooser = random.Random(seed)
    waiting: dict[str, list[Instance]] = defaultdict(list)
    pool = instances(data, seed=seed)
    chooser.shuffle(pool)
    for instance in pool:
        waiting[instance.clause_id].append(instance)
    left = len(pool)
    while left >= BATCH:
        everywhere = list(waiting)
        chooser.shuffle(everywhere)
        near = [everywhere[0], *neighbours.get(everywhere[0], ())[:_SECOND_NEIGHBOURS]]
        batch = _taken(near, waiting, [], limit=_NEIGHBOURS)
        batch = _taken(everywhere, waiting, batch, limit=BATCH)
        left -= len(batch)
        if len(batch) < BATCH // 2:
            return
        chooser.shuffle(batch)
        yield batch


def _taken(
    clause_ids: Sequence[str], waiting: dict[str, list[Instance]], batch: list[Instance], *, limit: int
) -> list[Instance]:
    """The batch with instances of these clauses put in, taken from those that wait."""
    used = {id_ for instance in batch for id_ in instance.kin}
    for id_ in clause_ids:
        if len(batch) >= limit:
            break
        if id_ in waiting and not waiting[id_][-1].kin & used:
            instance = waiting[id_].pop()
            batch.append(instance)
            used |= instance.kin
            if not waiting[id_]:
                del waiting[id_]
    return batch


def _kin(data: Examples, ids: frozenset[str] | set[str]) -> frozenset[str]:
    return frozenset(ids) | {data.clauses[id_].parent_id for id_ in ids if id_ in data.clauses} - {""}
