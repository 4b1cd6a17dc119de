"""Write index/everyday_words.txt: `python -m evals.everyday_words british-english` (Debian's wbritish has that list).

Staff slip in everyday words too, which no clause holds: "no histroy of violence". These are the commonest words of
English, in their British spelling, and those that the texts written for this assistant use and a word list knows; not
those that the corpus spells otherwise. Each line holds a word and how often the written questions use it.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from spellchecker import SpellChecker

from corpus.library import shipped_documents
from evals.training_data import TRAINING_DIR
from index.clause_questions import load_questions
from index.spelling import EVERYDAY_PATH, SHORTEST, words_of

_COMMON = 800  # times in the list's 90 million words of film subtitles: some 20,000 words
_KNOWN = 100  # rarer ones are often slips themselves
_AMERICAN = (
    (r"or", "our"),
    (r"iz", "is"),
    (r"yz", "ys"),
    (r"er$", "re"),
    (r"er(?=s$|ed$)", "re"),
    (r"(?<=[^l])l(?=ed$|ing$|or)", "ll"),
    (r"^(?=pediatr)pe", "pae"),
)
_HEADER = """\
# Everyday words, for mending slips (index/spelling.py), with how often the written questions use each. Made by
# evals/everyday_words.py from the English word list of pyspellchecker 0.9 (MIT licence, (c) Tyler Barrus) and the
# British one of SCOWL ((c) Kevin Atkinson, free to copy and change), as Debian's wbritish has it.
"""


def main(british: Path, path: Path = EVERYDAY_PATH) -> None:
    corpus = {
        word for document in shipped_documents() for clause in document.clauses for word in words_of(clause.full_text)
    }
    asked = Counter(word for questions in load_questions().values() for text in questions for word in words_of(text))
    counts = SpellChecker(language="en").word_frequency.dictionary
    known = {word for word in british.read_text("utf-8").splitlines() if word.islower()}
    chosen = sorted(
        everyday(counts.items(), corpus=corpus, asked=asked, british=known, used=_trained_on() | set(asked))
    )
    path.write_text(_HEADER + "".join(f"{word} {asked[word]}\n" for word in chosen), "utf-8")
    print(f"{path.name}: {len(chosen)} words")


def everyday(
    counts: Iterable[tuple[str, int]], *, corpus: set[str], asked: Mapping[str, int], british: set[str], used: set[str]
) -> set[str]:
    """The words to know: plain, long enough to be mended, common or asked, British where British English differs.

    counts: how often a word list has met each; british: the words of another, in British spelling; used: in any text
    written for this assistant.
    """
    found: set[str] = set()
    for word, count in counts:
        common = count >= _COMMON or (count >= _KNOWN and word in asked)
        if common:
            ours = [other for other in _british(word) if other in british]
            found.update([*ours, word] if word in british else ours or [word])
    found |= british & used
    return {word for word in found if _is_plain(word) and not corpus & set(_british(word))}


def _is_plain(word: str) -> bool:
    return len(word) >= SHORTEST and word.isascii() and word.isalpha()


def _british(word: str) -> Iterator[str]:
    for pattern, spelling in _AMERICAN:
        if (other := re.sub(pattern, spelling, word)) != word:
            yield other


def _trained_on() -> set[str]:
    """The words of the questions and messages written for training."""
    lines = [line for path in TRAINING_DIR.rglob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    return {word for line in lines for text in _texts(json.loads(line)) for word in words_of(text)}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
