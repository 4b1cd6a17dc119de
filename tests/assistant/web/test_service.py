"""The shared service: reopened when the index or the day changes; what it keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from assistant.kept import KeptAnswers
from assistant.models import Answer, Outcome, Question
from assistant.service import Service
from index.store import Store
from tests.index.fakes import added, ten_clauses


def test_the_assistant_is_opened_once_for_one_state(service: Service) -> None:
    assert not service.is_warm
    first = service.assistant
    assert service.assistant is first
    assert service.is_warm


def test_another_generation_opens_another(service: Service) -> None:
    first, fingerprint = service.assistant, service.fingerprint
    service.document("cwsw")
    service.store.add(added("extra", "The lantern is lit at dusk."))
    assert service.assistant is not first
    assert service.fingerprint != fingerprint
    assert service.document("extra").clauses[0].text == "The lantern is lit at dusk."


def test_midnight_opens_another_for_editions_that_start(make_store: Callable[..., Store]) -> None:
    days = [dt.date(2026, 7, 25)]
    store = make_store()
    store.build(ten_clauses())
    service = Service(store, today=lambda: days[-1])
    before = service.assistant
    days.append(dt.date(2026, 7, 26))
    assert service.assistant is not before
    assert service.assistant.today == dt.date(2026, 7, 26)


def test_answers_are_kept_up_to_a_number_under_ids_of_their_own() -> None:
    kept = KeptAnswers(most=3)
    answer = Answer(id=None, question="q", outcome=Outcome.ANSWERED, answer="a")
    day = dt.date(2026, 11, 23)
    ids = [kept.keep(Question(turns=(str(n),)), answer, fingerprint="f", on=day).id for n in range(5)]
    assert len(set(ids)) == 5
    assert all(len(id_) == 22 for id_ in ids)
    assert [kept.get(id_) is not None for id_ in ids] == [False, False, True, True, True]
