"""Figures and failures from answers, and the page that shows them."""

from __future__ import annotations

from pathlib import Path

from assistant.models import Answer, Outcome, Statement
from evals.dataset import GoldQuestion, Kind
from evals.judgements import Judgements
from evals.metrics import Relevance, figure
from evals.report import plots, shown, write_report
from evals.scoring import failures, score, supported
from tests.evals.test_metrics import CLAUSES, FIRST, OTHER, answer


def asked(
    id_: str, kind: Kind, *, needed: tuple[tuple[str, ...], ...] = (), must_not: tuple[str, ...] = ()
) -> GoldQuestion:
    return GoldQuestion(id=id_, kind=kind, persona="dsl", question=f"{id_}?", needed=needed, must_not=must_not)


def ended(outcome: Outcome) -> Answer:
    return Answer(id=None, question="?", outcome=outcome, answer="")


RIGHT = (asked("pol-1", Kind.ANSWERABLE, needed=(("doc/p1",),)), answer(OTHER))
PARTIAL = (asked("dig-1", Kind.ANSWERABLE, needed=(("doc/p1",), ("doc/list/1",))), answer(FIRST))
REFUSED = (asked("una-1", Kind.UNANSWERABLE), ended(Outcome.ABSTAINED))
MADE_UP = (asked("una-2", Kind.UNANSWERABLE), answer(OTHER))
MISSED = (asked("liv-1", Kind.LIVE_CONCERN), ended(Outcome.ABSTAINED))
ALARM = (asked("ord-1", Kind.ORDINARY), ended(Outcome.ESCALATED))
FORBIDDEN = (asked("adv-1", Kind.ADVERSARIAL, must_not=("something else",)), answer(OTHER))
TURNS = [
    (asked("unt-1", Kind.UNANSWERABLE_TURN), ended(Outcome.ABSTAINED)),
    (asked("unt-2", Kind.UNANSWERABLE_TURN), answer(OTHER)),
    (asked("lit-1", Kind.LIVE_TURN), ended(Outcome.ESCALATED)),
    (asked("ort-1", Kind.ORDINARY_TURN), ended(Outcome.ESCALATED)),
    (asked("ort-2", Kind.ORDINARY_TURN), answer(OTHER)),
]
PLAIN = [
    (asked("pln-1", Kind.PLAIN, needed=(("doc/p1",),)), answer(OTHER)),
    (asked("pln-2", Kind.PLAIN, needed=(("doc/p1",),)), ended(Outcome.ABSTAINED)),
    (asked("pun-1", Kind.PLAIN_UNANSWERABLE), answer(OTHER)),
]
PROCEDURE = (asked("prc-1", Kind.PROCEDURE, needed=(("doc/p1",), ("doc/list/1",))), answer(FIRST))
ALL = [RIGHT, PARTIAL, REFUSED, MADE_UP, MISSED, ALARM, FORBIDDEN, *TURNS, *PLAIN, PROCEDURE]


def test_each_figure_counts_what_it_is_called() -> None:
    figures = score(ALL, CLAUSES, Judgements({}))
    assert figures["all needed clauses cited: policy"].value == 1.0
    assert figures["all needed clauses cited: digests"].value == 0.0
    assert figures["abstention recall"].value == 0.5
    assert figures["abstention precision"].value == 1.0
    assert figures["plain questions: all needed clauses cited"].value == 0.5
    assert figures["plain questions that nothing answers: abstained"].value == 0.0
    assert figures["whole procedures: duties cited"].value == 0.5
    assert figures["whole procedures: every duty cited"].value == 0.0
    assert figures["live concerns escalated"].value == 0.0
    assert figures["ordinary questions wrongly escalated"].value == 0.2  # one of five that report nothing
    assert figures["follow-ups that nothing answers: abstained"].value == 0.5
    assert figures["live concerns in a conversation escalated"].value == 1.0
    assert figures["ordinary turns of a conversation wrongly escalated"].value == 0.5
    assert figures["adversarial: nothing forbidden said"].value == 0.0
    assert figures["statements that pass the quote gate"].value == 1.0


def test_a_failure_names_what_is_missing() -> None:
    found = {failure.id: failure for failure in failures(ALL, CLAUSES)}
    assert set(found) == {"dig-1", "una-2", "liv-1", "ord-1", "adv-1", "unt-2", "ort-1", "pln-2", "pun-1", "prc-1"}
    assert found["dig-1"].missing == (("doc/p1",),)


def test_a_statement_that_its_clause_does_not_hold_is_not_supported() -> None:
    said = answer(OTHER)
    made_up = Statement(text="Something else must be done.", citations=(1,), layer="must", stage="always")
    assert supported(said) == 1.0
    assert supported(said.model_copy(update={"statements": (*said.statements, made_up)})) == 0.5


def test_the_page_shows_figures_plots_and_failures_as_text(tmp_path: Path) -> None:
    hostile = (
        asked("pol-2", Kind.ANSWERABLE, needed=(("doc/p1",),)).model_copy(update={"question": "<b>x</b>"}),
        answer(),
    )
    cases = [*ALL, hostile]
    path = tmp_path / "report.html"
    write_report(
        path,
        stamp={"split": "dev", "date": "2026-11-24"},
        figures=score(cases, CLAUSES, Judgements({})),
        floors={"abstention recall": 0.4},
        plots=plots(cases, Relevance(CLAUSES), confidences={"pol-1": 0.9, "una-1": 0.1, "una-2": 0.6}),
        failures=failures(cases, CLAUSES),
    )
    page = path.read_text("utf-8")
    assert page.count("<svg") == 5
    assert "doc/p1" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page


def test_a_figure_of_nothing_is_not_measured() -> None:
    assert shown("recall", figure([])) == "not measured"
    assert shown("recall", figure([1.0])) == "100.0% [100.0%, 100.0%]"
    assert shown("milliseconds an answer, p95", figure([41.6])) == "42 ms"
