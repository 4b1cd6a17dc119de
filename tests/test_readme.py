"""The README says what the assistant says."""

from __future__ import annotations

import pytest

from assistant.answering import Assistant
from assistant.models import Question
from evals.readme import HEADLINE, README, block
from index.search import Searcher


@pytest.mark.integration
def test_the_readme_shows_the_real_answer(real_searcher: Searcher) -> None:
    answer = Assistant(real_searcher).answer(Question(turns=(HEADLINE,)))
    assert block(answer) in README.read_text("utf-8"), "run `make readme`"
