"""Misspelt words of a question mended against the words of the corpus and those of everyday English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from index.vocabulary import STOPWORDS, Vocabulary

_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*\+?")
EVERYDAY_PATH = Path(__file__).with_name("everyday_words.txt")
SHORTEST = 4  # a shorter word is as likely an acronym as a slip
_LONG = 8  # from here on two slips are mended


class Speller:
    """Knows the words of the corpus, with how often each stands there, and those of everyday English."""

    def __init__(self, words: Mapping[str, int], vocabulary: Vocabulary) -> None:
        self._counts = words
        self._vocabulary = vocabulary
        self._stems = {vocabulary.stem(word) for word in words}
        self._forms = {stem for concept in vocabulary.concepts for form in concept.forms for stem in form}
        # By length, since a slip changes it by two letters at most.
        self._by_length: dict[int, list[str]] = {}
        for word in {**words, **everyday_words()}:
            if len(word) >= SHORTEST:
                self._by_length.setdefault(len(word), []).append(word)

    def mend(self, text: str) -> str:
        """The text with each unknown word replaced by its nearest known one, where one is near enough."""
        return _WORD.sub(lambda match: self._mend_word(match[0], is_name=_is_name(match)), text)

    def _mend_word(self, word: str, *, is_name: bool) -> str:
        plain = _plain(word)
        if short := self._vocabulary.short_forms.get(plain):
            return word if short == plain else short
        bare = word.replace("’", "'").removesuffix("'s")
        if len(plain) < SHORTEST or self._knows(plain) or (bare.isupper() and len(bare) <= 5):
            return word
        slips = 2 if len(plain) >= _LONG and not is_name else 1
        lengths = range(len(plain) - slips, len(plain) + slips + 1)
        candidates = [known for length in lengths for known in self._by_length.get(length, [])]
        near = process.extract(plain, candidates, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=8)
        # The nearest; among equals one that starts alike, then the commonest.
        best = min(near, key=lambda n: (n[1], n[0][0] != plain[0], -self._count(n[0]), n[0]), default=None)
        return best[0] if best else word

    def _count(self, word: str) -> int:
        return self._counts.get(word, 0) + everyday_words().get(word, 0)

    def _knows(self, word: str) -> bool:
        stem = self._vocabulary.stem(word)
        known = word in self._counts or word in everyday_words() or word in STOPWORDS
        return known or stem in self._stems or stem in self._forms


def _is_name(match: re.Match[str]) -> bool:
    """Whether a word is written as a name is: "Mr Falconer" was no falcon."""
    before = match.string[: match.start()].rstrip()
    return match[0].istitle() and before != "" and before[-1] not in ".!?:;"


def words_of(text: str) -> list[str]:
    """The words of a text as they are known: in lower case, without apostrophes."""
    return [_plain(word) for word in _WORD.findall(text)]


@cache
def everyday_words() -> Mapping[str, int]:
    """Common English words, with how often the questions written for clauses use each."""
    lines = EVERYDAY_PATH.read_text("utf-8").splitlines()
    pairs = (line.split() for line in lines if not line.startswith("#"))
    return {word: int(count) for word, count in pairs}


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s").replace("'", "")
