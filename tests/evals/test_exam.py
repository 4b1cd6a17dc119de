"""An exam that is kept elsewhere: read like the gold, scored like the gold, and a bad one is told how to mend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evals.exam import main

RIGHT = {
    "id": "pol-x1",
    "kind": "answerable",
    "persona": "dsl",
    "question": "who is the designated teacher at Bushey Meads?",
    "needed": [["cwsw/name-of-the-designated-teachers-for-cla-and-pla/1"]],
}
WRONG = {"id": "una-x1", "kind": "unanswerable", "persona": "support", "question": "who is the designated teacher?"}


def ended(folder: Path, *arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(main)
    result = CliRunner().invoke(app, [str(folder), *arguments])
    return result.exit_code, result.output


def test_a_folder_without_questions_is_told_what_to_hold(tmp_path: Path) -> None:
    code, said = ended(tmp_path)
    assert code == 1
    assert "it must hold .jsonl files in the format of evals/gold/" in " ".join(said.split())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "x"}', "a.jsonl, line 1: kind: Field required"),
        (json.dumps({**RIGHT, "needed": [["cwsw/nowhere"]]}), "pol-x1: there is no clause 'cwsw/nowhere'"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, why: str) -> None:
    (tmp_path / "a.jsonl").write_text(line, "utf-8")
    code, said = ended(tmp_path)
    assert code == 1
    assert f"the exam cannot be read: {why}" in " ".join(said.split())


@pytest.mark.integration
@pytest.mark.usefixtures("real_searcher")
def test_an_exam_is_scored_and_its_failures_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(RIGHT)}\n{json.dumps(WRONG)}\n", "utf-8")
    code, said = ended(tmp_path, "--verbose")
    assert code == 0
    rows = [" ".join(line.split()) for line in said.splitlines()]
    assert any("needed clauses cited: policy" in row and "100.0%" in row for row in rows)
    assert any("abstention recall" in row and " 0.0%" in row for row in rows)
    assert not any("welcome" in row or "facts" in row or "digests" in row for row in rows)
    assert [row.split()[0] for row in rows if row.startswith(("una-", "pol-"))] == ["una-x1"]
