"""The same question put differently: slips of the keyboard, made here, and paraphrases, written by hand.

A slip or a paraphrase must not change what is cited: staff type on a phone in a corridor.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evals.dataset import GOLD_DIR, GoldError, GoldQuestion, records

PARAPHRASES = GOLD_DIR.parent / "paraphrases.jsonl"
_LETTERS = re.compile(r"[A-Za-z]{5,}")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


class Paraphrase(BaseModel):
    """One line of paraphrases.jsonl: another way to put the gold question `of`, asking for just the same."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: str
    question: str


def load_paraphrases(path: Path = PARAPHRASES, *, known: Collection[str]) -> list[Paraphrase]:
    """Every paraphrase. Raises GoldError for a line that cannot be read or names a question that is not there."""
    found: list[Paraphrase] = []
    for where, paraphrase in records(path, Paraphrase):
        if paraphrase.of not in known:
            raise GoldError(f"{where}: there is no gold question {paraphrase.of!r}")
        found.append(paraphrase)
    return found


def with_slip(question: str, *, seed: str) -> str | None:
    """The question with one slip in one of its longer words; None where it has none. The same seed, the same slip.

    Two letters change places, one is left out, doubled, or missed for its neighbour on the keyboard. Words in
    capitals and names (a capital that does not begin the question) are left as they are.
    """
    chooser = random.Random(seed)
    words = [
        match
        for match in _LETTERS.finditer(question)
        if not match[0].isupper() and (match[0].islower() or match.start() == 0)
    ]
    if not words:
        return None
    word = chooser.choice(words)
    for _ in range(20):
        slipped = _slip(word[0], chooser)
        if slipped.lower() != word[0].lower():
            return question[: word.start()] + slipped + question[word.end() :]
    return None


def _slip(word: str, chooser: random.Random) -> str:
    place = chooser.randrange(1, len(word) - 1)  # the first letter is seldom missed
    match chooser.randrange(4):
        case 0:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        case 1:
            return word[:place] + word[place + 1 :]
        case 2:
            return word[:place] + word[place] + word[place:]
        case _:
            return word[:place] + _neighbour(word[place], chooser) + word[place + 1 :]


def _neighbour(letter: str, chooser: random.Random) -> str:
    row = next((row for row in _ROWS if letter.lower() in row), letter)
    at = row.index(letter.lower())
    return chooser.choice([row[near] for near in (at - 1, at + 1) if 0 <= near < len(row)] or [letter])


def same_citations(before: Sequence[str], after: Sequence[str], needed: Sequence[Sequence[str]]) -> float:
    """1.0 where each needed group that was cited before still is, and the other way round."""
    return float(all(bool(set(group) & set(before)) == bool(set(group) & set(after)) for group in needed))


def paraphrased(gold: Sequence[GoldQuestion], paraphrases: Sequence[Paraphrase]) -> list[tuple[GoldQuestion, str]]:
    """The gold questions that have a paraphrase, with it."""
    by_id: Mapping[str, GoldQuestion] = {question.id: question for question in gold}
    return [(by_id[p.of], p.question) for p in paraphrases if p.of in by_id]
