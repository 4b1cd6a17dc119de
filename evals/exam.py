"""Score an exam that is kept out of the repository, so that it stays fresh: `make exam GOLD=folder`.

The folder holds JSONL files in the format of evals/gold/ (dataset.GoldQuestion): ids that begin with "pol" count as
policy questions, with "dig" as questions on the digests. Nothing is written; `ARGS=--verbose` lists the failures.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assistant.answering import Assistant
from evals.dataset import GoldError, check_gold, load_gold
from evals.judgements import Judgements
from evals.opening import open_store, shipped_clauses
from evals.run import answer_all, print_failures, print_figures
from evals.scoring import failures, score

_FROM_JUDGEMENTS = ("welcome", "judged")  # an exam has none


def main(
    gold: Annotated[Path, typer.Argument(help="The folder with the exam's JSONL files.")],
    verbose: Annotated[bool, typer.Option(help="List every failure.")] = False,
) -> None:
    """Answer every question of an exam and print the table."""
    clauses, console = shipped_clauses(), Console(stderr=True)
    try:
        questions = load_gold(gold)
        check_gold(questions, clauses)
    except (GoldError, OSError) as error:
        console.print(f"the exam cannot be read: {error}")
        raise typer.Exit(1) from error
    if not questions:
        console.print(f"there is no question in {gold}: it must hold .jsonl files in the format of evals/gold/")
        raise typer.Exit(1)
    answered, _ = answer_all(Assistant(open_store().searcher()), questions, "Answering", console)
    figures = score(answered, clauses, Judgements({}))
    without = (*_FROM_JUDGEMENTS, *(() if any(question.facts for question in questions) else ("facts",)))
    shown = {name: value for name, value in figures.items() if value.n and not any(word in name for word in without)}
    print_figures(shown, {}, f"{len(questions)} questions of {gold.name}")
    if verbose:
        print_failures(failures(answered, clauses))


if __name__ == "__main__":
    typer.run(main)
