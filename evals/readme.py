"""Put the headline question's real answer into the README: `make readme`."""

from __future__ import annotations

import re

from assistant.answering import Assistant
from assistant.models import Answer, Question
from assistant.settings import PROJECT_DIR
from evals.opening import open_store

HEADLINE = "what must I do before suspending a CLA pupil?"
README = PROJECT_DIR / "README.md"
_BLOCK = re.compile(r"(<!-- answer: .*? -->\n).*?(<!-- /answer -->)", re.DOTALL)


def main() -> None:
    answer = Assistant(open_store().searcher()).answer(Question(turns=(HEADLINE,)))
    text = README.read_text("utf-8")
    README.write_text(_BLOCK.sub(lambda match: f"{match[1]}\n{block(answer)}\n\n{match[2]}", text), "utf-8")


def block(answer: Answer) -> str:
    """The answer as a quotation, its sources a line each."""
    sources = [
        f"- [{c.n}] {c.document}, {c.locator} ({c.authority}{', summary' if c.summary else ''}"
        f"{'' if c.in_force else ', edition no longer in force'}; `{c.clause_id}`)"
        for c in answer.citations
    ]
    notice = next((n.text for n in answer.notices if n.kind == "superseded"), "")
    lines = [*answer.answer.split("\n"), "", *sources, "", f"! {notice}" if notice else ""]
    return "\n".join(f"> {line}".rstrip() for line in lines).rstrip("\n> ")


if __name__ == "__main__":
    main()
