"""The field's acronyms and synonyms, applied alike to clauses and to questions."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import Stemmer

VOCABULARY_PATH = Path(__file__).with_name("vocabulary.toml")
# Words that say nothing of what a clause is about; question words are read elsewhere.
STOPWORDS = frozenset(
    "a about above after again all also am an and any are as at be because been being below between both but by can "
    "could did do does doing down during each either else ever few for from further had has have having he her here "
    "hers him his how i if in into is it its itself just let like me might more most my no nor not of off on once only "
    "or other our out over own please s same shall she should so some such t than that the their them then there these "
    "they this those through to too under until up us very was we were what when where which while who whom why will "
    "with would you your must may need needs got get gets getting going go im ive id youre".split()
)
_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?(?:\+)?|¶")
_REFERENCE = re.compile(
    r"(?:\b(?:paragraphs?|paras?|section|sections|clause|pages?)|¶+)\.?\s*(\d{1,3}(?:\.\d{1,3}){0,2})\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing under many names; forms are tuples of stems."""

    id: str
    forms: tuple[tuple[str, ...], ...]
    broader: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    spell_out: str = ""

    @property
    def token(self) -> str:
        """The index term that stands for the concept."""
        return "c_" + re.sub(r"[^a-z0-9]+", "_", self.id)


class Vocabulary:
    """Concepts, stems and document names, ready to analyse text with."""

    def __init__(self, values: Mapping[str, object]) -> None:
        # Changes with anything in the file, so that what was analysed with another vocabulary is known for it.
        self.fingerprint = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        self._stemmer = Stemmer.Stemmer("english")
        self.same_stem: Mapping[str, str] = dict(values.get("same_stem", {}))  # type: ignore[call-overload]
        self.document_names: Mapping[str, list[str]] = dict(values.get("document_names", {}))  # type: ignore[call-overload]
        # Words as they are typed on a phone, without apostrophes, and what each stands for: themselves, mostly.
        self.short_forms: Mapping[str, str] = _short_forms(values.get("short_forms", {}))  # type: ignore[arg-type]
        self._stems: dict[str, str] = {}
        self._rewrites = [(re.compile(entry["pattern"]), entry["with"]) for entry in values.get("rewrite", ())]  # type: ignore[attr-defined]
        self.concepts = tuple(self._concept(entry) for entry in values.get("concept", ()))  # type: ignore[attr-defined]
        by_id = {concept.id: concept for concept in self.concepts}
        self._forms: dict[tuple[str, ...], tuple[str, ...]] = {}
        for concept in self.concepts:
            tokens = (concept.token, *(by_id[name].token for name in concept.broader))
            for form in concept.forms:
                self._forms[form] = tuple(dict.fromkeys((*self._forms.get(form, ()), *tokens)))
        self._longest = max(map(len, self._forms), default=1)
        self._spell_clause = _speller(self.concepts, any_case=False)
        self._spell_question = _speller(self.concepts, any_case=True)

    def words(self, text: str) -> list[str]:
        """Lower-case words with possessive endings taken off; "PP+" stays one word."""
        plain = text.lower().replace("’", "'").replace("co-ordinat", "coordinat")
        for pattern, replacement in self._rewrites:
            plain = pattern.sub(replacement, plain)
        return [word.removesuffix("'s").replace("'", "") for word in _WORD.findall(plain)]

    def stem(self, word: str) -> str:
        """The stem a word is indexed under."""
        known = self._stems.get(word)
        if known is None:
            known = self._stems[word] = self.same_stem.get(word) or self._stemmer.stemWord(word)
        return known

    def concepts_in(self, text: str) -> list[str]:
        """The tokens of the concepts named in a text, the longest form first at each place."""
        return self._match([self.stem(word) for word in self.words(text)])[0]

    def stems_of(self, tokens: Iterable[str]) -> set[str]:
        """The stems of all the names of these concepts."""
        wanted = set(tokens)
        return {stem for concept in self.concepts if concept.token in wanted for form in concept.forms for stem in form}

    def terms(self, text: str) -> list[str]:
        """The index terms of a text: stems without stop words, concepts, and cited paragraph numbers."""
        words = self.words(text)
        stems = [self.stem(word) for word in words]
        found, covered = self._match(stems)
        plain = [
            stem
            for position, (word, stem) in enumerate(zip(words, stems, strict=True))
            if word not in STOPWORDS and (len(stem) > 1 or stem.isdigit()) and position not in covered
        ]
        return [*plain, *found, *(reference_token(number) for number in _REFERENCE.findall(text))]

    def _match(self, stems: Sequence[str]) -> tuple[list[str], set[int]]:
        """Concept tokens by longest match, and the positions of one-word forms (an acronym is no word besides)."""
        found: list[str] = []
        covered: set[int] = set()
        position = 0
        while position < len(stems):
            for length in range(min(self._longest, len(stems) - position), 0, -1):
                tokens = self._forms.get(tuple(stems[position : position + length]))
                if tokens:
                    found += tokens
                    if length == 1:
                        covered.add(position)
                    position += length
                    break
            else:
                position += 1
        return found, covered

    def spell_out(self, text: str, *, question: bool = False) -> str:
        """Write acronyms out for the embedding model; in a question they may be in lower case."""
        pattern, meanings = self._spell_question if question else self._spell_clause
        return pattern.sub(lambda match: meanings[match[0].lower() if question else match[0]], text)

    def documents_named(self, text: str) -> list[str]:
        """Ids of the documents that a question cites by name."""
        plain = f" {' '.join(self.words(text))} "
        return [
            document_id
            for document_id, names in self.document_names.items()
            if any(f" {name} " in plain for name in names)
        ]

    def _concept(self, entry: Mapping[str, object]) -> Concept:
        forms = {tuple(self.stem(word) for word in self.words(str(form))) for form in entry["forms"]}  # type: ignore[attr-defined]
        return Concept(
            id=str(entry["id"]),
            forms=tuple(sorted(forms)),
            broader=tuple(entry.get("broader", ())),  # type: ignore[arg-type]
            acronyms=tuple(entry.get("acronyms", ())),  # type: ignore[arg-type]
            spell_out=str(entry.get("spell_out", "")),
        )


@cache
def load_vocabulary(path: Path = VOCABULARY_PATH) -> Vocabulary:
    """Read the vocabulary file."""
    with path.open("rb") as file:
        return Vocabulary(tomllib.load(file))


def reference_token(number: str) -> str:
    """The index term of a cited paragraph: "2.19" is "n_2_19"."""
    return "n_" + number.replace(".", "_")


def references_in(text: str) -> list[str]:
    """The paragraph numbers that a text cites: "paragraph 60", "para 2.19", "¶54"."""
    return _REFERENCE.findall(text)


def _short_forms(values: Mapping[str, object]) -> Mapping[str, str]:
    known: dict[str, str] = {word: word for word in values.get("known", ())}  # type: ignore[attr-defined]
    known.update(values.get("stands_for", {}))  # type: ignore[call-overload]
    return known


def _speller(concepts: Sequence[Concept], *, any_case: bool) -> tuple[re.Pattern[str], Mapping[str, str]]:
    meanings = {
        (acronym.lower() if any_case else acronym): concept.spell_out
        for concept in concepts
        for acronym in concept.acronyms
        # In lower case these are everyday words before they are acronyms.
        if not (any_case and acronym.lower() in {"send", "ace", "aces", "la", "las", "ap", "ta", "tas"})
    }
    longest_first = sorted(meanings, key=len, reverse=True)
    pattern = r"(?<![\w+])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w+])"
    return re.compile(pattern, re.IGNORECASE if any_case else 0), meanings
