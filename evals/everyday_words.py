"""Write index/everyday_words.txt: `python -m evals.everyday_words`.

Staff slip in everyday words too, which no clause holds: "no histroy of violence". These are the commonest words of
English, and those of the written questions that an English word list knows; not those that the corpus spells otherwise.
Each line holds a word and how often the written questions use it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from spellchecker import SpellChecker

from corpus.library import shipped_documents
from index.clause_questions import load_questions
from index.spelling import EVERYDAY_PATH, SHORTEST, words_of

_COMMON = 800  # times in the list's 90 million words of film subtitles: some 20,000 words
_KNOWN = 100  # rarer ones are often slips themselves
_AMERICAN = ((r"or", "our"), (r"iz", "is"), (r"yz", "ys"), (r"er$", "re"), (r"(?<=[^l])l(?=ed$|ing$)", "ll"))
_HEADER = """\
# Everyday words, for mending slips (index/spelling.py), with how often the written questions use each. Made by
# evals/everyday_words.py from the English word list of pyspellchecker 0.9 (MIT licence, (c) Tyler Barrus).
"""


def main(path: Path = EVERYDAY_PATH) -> None:
    corpus = {
        word for document in shipped_documents() for clause in document.clauses for word in words_of(clause.full_text)
    }
    asked = Counter(word for questions in load_questions().values() for text in questions for word in words_of(text))
    counts = SpellChecker(language="en").word_frequency.dictionary
    chosen = sorted(everyday(counts.items(), corpus=corpus, asked=asked))
    path.write_text(_HEADER + "".join(f"{word} {asked[word]}\n" for word in chosen), "utf-8")
    print(f"{path.name}: {len(chosen)} words")


def everyday(counts: Iterable[tuple[str, int]], *, corpus: set[str], asked: Mapping[str, int]) -> Iterator[str]:
    """The words to know: plain, long enough to be mended, common or asked, not the corpus's in another spelling."""
    for word, count in counts:
        plain = len(word) >= SHORTEST and word.isascii() and word.isalpha()
        used = count >= _COMMON or (count >= _KNOWN and word in asked)
        if plain and used and not corpus & set(_british(word)):
            yield word


def _british(word: str) -> Iterator[str]:
    for pattern, spelling in _AMERICAN:
        if (other := re.sub(pattern, spelling, word)) != word:
            yield other


if __name__ == "__main__":
    main()
