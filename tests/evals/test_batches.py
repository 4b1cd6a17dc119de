"""What the embedder is shown: no batch holds two questions of which one's clause answers the other."""

from __future__ import annotations

from corpus.models import Clause
from evals.batches import BATCH, Instance, batches, instances
from evals.training_data import Examples, Labelled
from tests.index.fakes import clause

_CLAUSES = 100


def examples(*, labelled: tuple[Labelled, ...] = (), same: dict[str, tuple[str, ...]] | None = None) -> Examples:
    clauses: dict[str, Clause] = {f"doc/p{n}": clause("doc", f"p{n}", f"Clause {n}.") for n in range(_CLAUSES)}
    return Examples(
        clauses=clauses,
        texts={id_: one.text for id_, one in clauses.items()},
        questions={id_: tuple(f"{id_} asked {n}" for n in range(6)) for id_ in clauses},
        near_misses={},
        same=same or {},
        labelled=labelled,
        unanswerable=(),
        live=(),
        ordinary=(),
    )


def shown(data: Examples, neighbours: dict[str, list[str]] | None = None) -> list[list[Instance]]:
    return list(batches(data, neighbours or {}, seed=1))


def test_every_written_question_is_used_once_an_epoch() -> None:
    made = instances(examples(), seed=0)
    texts = [text for one in made for text in (one.asked, one.sister)]
    assert len(texts) == len(set(texts)) == 6 * _CLAUSES


def test_no_batch_shows_what_says_the_same() -> None:
    data = examples(same={"doc/p0": ("doc/p1",), "doc/p1": ("doc/p0",)})
    for batch in shown(data):
        assert not {"doc/p0", "doc/p1"} <= {one.clause_id for one in batch}


def test_a_labelled_question_meets_none_of_the_clauses_that_answer_it() -> None:
    many = tuple(f"doc/p{n}" for n in range(1, 3))
    data = examples(labelled=(Labelled(question="a", again="b", needed=(("doc/p0",),), also=many),) * 6)
    met = 0
    for batch in (batch for seed in range(10) for batch in batches(data, {}, seed=seed)):
        for one in batch:
            if one.asked in {"a", "b"}:
                met += 1
                assert one.sister in {"a", "b"} - {one.asked}
                assert not {other.clause_id for other in batch if other is not one} & {"doc/p0", *many}
    assert met


def test_a_labelled_question_brings_one_of_its_twins() -> None:
    data = examples(labelled=(Labelled(question="a", again="b", needed=(("doc/p0",),), twins=("c", "d")),))
    made = {one.twin for seed in range(20) for one in instances(data, seed=seed) if one.asked in {"a", "b"}}
    assert made == {"c", "d"}
    assert all(one.twin == "" for one in instances(data, seed=0) if one.asked not in {"a", "b"})


def test_half_of_a_batch_is_of_one_neighbourhood() -> None:
    near = {f"doc/p{n}": [f"doc/p{(n + step) % _CLAUSES}" for step in range(1, _CLAUSES)] for n in range(_CLAUSES)}
    first = shown(examples(), near)[0]
    assert len(first) == BATCH
    numbers = sorted(int(one.clause_id.removeprefix("doc/p")) for one in first)
    runs = max(sum((start + step) % _CLAUSES in numbers for step in range(BATCH // 2)) for start in range(_CLAUSES))
    assert runs == BATCH // 2
