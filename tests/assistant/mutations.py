"""True quotes of a corpus, and small lies made of them: what the quote gate must let pass and what it must stop.

Everything is generated from the clauses by a seeded generator, so that a new document brings its own lies.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.verifying import normalised
from corpus.models import Clause, ClauseKind
from corpus.sentences import sentences


@dataclass(frozen=True)
class Quote:
    """Words that stand in a clause as whole sentences. text: the clause they are checked against."""

    words: str
    clause: Clause

    @property
    def text(self) -> str:
        return self.clause.full_text


@dataclass(frozen=True)
class Lie:
    """A quote altered by one operator."""

    operator: str
    words: str
    quote: Quote


Operator = Callable[[Quote, random.Random, Sequence[Quote]], Iterable[str]]
OPERATORS: dict[str, Operator] = {}


def operator(function: Operator) -> Operator:
    OPERATORS[function.__name__] = function  # type: ignore[attr-defined]
    return function


def true_quotes(clauses: Iterable[Clause]) -> list[Quote]:
    """Each clause whole, each of its sentences, each item of a list that has no lead-in."""
    quotes: dict[tuple[str, str], Quote] = {}
    for clause in clauses:
        for words in _true_words(clause):
            quotes.setdefault((clause.id, words), Quote(words, clause))
    return list(quotes.values())


def _true_words(clause: Clause) -> Iterator[str]:
    yield clause.full_text
    if clause.kind is not ClauseKind.LIST:
        yield from sentences(clause.full_text)
    elif clause.text.startswith("- ") and not clause.lead_in:
        for item in re.split(r"\n(?=- )", clause.text):
            yield item
            yield item.removeprefix("- ")
            if "\n" not in item:
                yield from sentences(item)
                yield from sentences(item.removeprefix("- "))


def lies(quotes: Sequence[Quote], *, seed: int, each: int) -> list[Lie]:
    """Up to `each` lies of every operator, from quotes spread over the corpus.

    What an operator makes that is true after all is no lie: the headteacher of two schools is the same person.
    """
    truths = {(quote.clause.id, normalised(quote.words)) for quote in quotes}
    found: list[Lie] = []
    for name, make in OPERATORS.items():
        rng = random.Random(f"{seed} {name}")
        shuffled = rng.sample(quotes, len(quotes))
        made = (Lie(name, words, quote) for quote in shuffled for words in make(quote, rng, quotes))
        distinct: dict[tuple[str, str], Lie] = {}
        for lie in made:
            if (lie.quote.clause.id, normalised(lie.words)) not in truths:
                distinct.setdefault((lie.words, lie.quote.clause.id), lie)
            if len(distinct) >= each:
                break
        found += distinct.values()
    return found


# --- words exchanged -----------------------------------------------------------------------------


def _exchanged(words: str, groups: Sequence[Sequence[str]], rng: random.Random) -> Iterator[str]:
    """Each occurrence of each member of a group, made another member of it."""
    for group in groups:
        for word in group:
            for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", words):
                other = rng.choice([member for member in group if member != word])
                yield words[: match.start()] + other + words[match.end() :]


@operator
def modal_verb(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    yield from _exchanged(quote.words, [("must", "should", "may", "will", "can", "could", "need not")], rng)


@operator
def not_dropped(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    for match in re.finditer(r" (?:not|never|no longer|nor)\b|(?<=\w)n't\b", quote.words):
        yield quote.words[: match.start()] + quote.words[match.end() :]


@operator
def not_added(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    for match in re.finditer(r"\b(?:must|should|may|will|can|is|are|has|have)\b(?! not)", quote.words):
        yield f"{quote.words[: match.end()]} not{quote.words[match.end() :]}"


@operator
def role(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    titled = ("Headteacher", "Governing Body", "Designated Teacher", "Designated Safeguarding Lead", "Social Worker")
    plain = ("headteacher", "governing board", "designated teacher", "designated safeguarding lead", "social worker",
             "local authority", "virtual school head", "independent review panel", "academy trust")  # fmt: skip
    short = ("DT", "DSL", "VSH", "SENCO", "DfE")
    yield from _exchanged(quote.words, [titled, plain, short], rng)


@operator
def pupils(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    groups = [("CLA", "PLA", "CSW", "SEND"), ("looked-after", "previously looked-after", "all"), ("pupil", "parent")]
    yield from _exchanged(quote.words, groups, rng)


@operator
def person(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    names = ("Olivia de Groot", "Rebecca Tregear", "Di Hoeksma", "Alison Hanbury", "Sue Wyborn")
    yield from _exchanged(quote.words, [names], rng)


@operator
def school(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    yield from _exchanged(quote.words, [("Bushey Meads", "Hartsbourne Primary", "Little Reddings Primary")], rng)


@operator
def frequency_or_time(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    groups = [
        ("termly", "annual", "annually", "weekly", "monthly"),
        ("before", "after"),
        ("days", "weeks", "months", "years", "terms"),
        ("at least", "at most"),
        ("without delay", "in due course"),
        ("always", "sometimes", "never"),
    ]
    yield from _exchanged(quote.words, groups, rng)


@operator
def logical_word(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    groups = [("and", "or"), ("all", "some"), ("if", "unless"), ("any", "no"), ("more", "fewer"), ("with", "without")]
    yield from _exchanged(quote.words, groups, rng)


# --- figures -------------------------------------------------------------------------------------


def _other_number(digits: str, rng: random.Random) -> str:
    changed = list(digits)
    place = rng.randrange(len(digits))
    changed[place] = rng.choice([digit for digit in "123456789" if digit != digits[place]])
    return "".join(changed)


def _renumbered(words: str, pattern: str, rng: random.Random) -> Iterator[str]:
    """Each figure in each match of the pattern, with one digit changed."""
    for match in re.finditer(pattern, words):
        for digits in re.finditer(r"\d+", match[0]):
            start, end = match.start() + digits.start(), match.start() + digits.end()
            yield words[:start] + _other_number(digits[0], rng) + words[end:]


@operator
def number(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    yield from _renumbered(quote.words, r"\d+", rng)


@operator
def number_word(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    cardinal = ("one", "two", "three", "four", "five", "six", "ten", "fifteen", "Two", "Three")
    ordinal = ("first", "second", "third", "fourth", "fifth", "sixth")
    yield from _exchanged(quote.words, [cardinal, ordinal, ("once", "twice")], rng)


@operator
def day_count(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    yield from _renumbered(quote.words, r"\b\d+(?:\.\d+)? (?:school |calendar |working )?(?:days?|weeks?|months?)", rng)


@operator
def date(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    months = "January|February|March|April|May|June|July|August|September|October|November|December"
    dates = rf"\b(?:\d{{1,2}} )?(?:{months})(?: \d{{4}})?|\b(?:19|20)\d\d(?:[-/–]\d\d(?:\d\d)?)?\b|\b\d\d?\.\d\d?\.\d\d"
    yield from _renumbered(quote.words, dates, rng)
    yield from _exchanged(quote.words, [months.split("|")], rng)


@operator
def sum_or_share(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    yield from _renumbered(quote.words, r"£[\d,.]+|\b[\d.]+%", rng)
    for match in re.finditer(r"£|%", quote.words):
        yield quote.words[: match.start()] + quote.words[match.end() :]


@operator
def paragraph_number(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    places = r"\b(?:[Pp]aragraphs?|[Ss]ections?|[Aa]nnex|[Rr]egulations?|[Pp]art|[Pp]ages?) \d[\d.]*"
    yield from _renumbered(quote.words, places, rng)


@operator
def address(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    """One character of an e-mail address, a telephone number or a link."""
    for match in re.finditer(
        r"[\w.+-]+@[\w.-]+\w|\b0\d{3,4}[ \d]{5,}\d|https?://\S+|\b[\w-]+(?:\.[\w-]+)*\.uk\b", quote.words
    ):
        for _ in range(6):
            place = rng.randrange(match.start(), match.end())
            character = quote.words[place]
            if character.isalnum():
                other = rng.choice(
                    [c for c in ("0123456789" if character.isdigit() else "aeimnorst") if c != character]
                )
                yield quote.words[:place] + other + quote.words[place + 1 :]


# --- parts lost, added or joined -----------------------------------------------------------------


@operator
def front_cut(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    """What stands before a comma, colon, dash or bracket: mostly the condition."""
    for sentence in sentences(quote.words.replace("\n", " ")):
        for match in re.finditer(r"[,;:)] |\s[-–]\s", sentence):
            rest = sentence[match.end() :]
            yield rest
            yield rest[:1].upper() + rest[1:]


@operator
def end_cut(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    """What stands from a comma or a conjunction on: mostly the condition."""
    for sentence in sentences(quote.words.replace("\n", " ")):
        for match in re.finditer(
            r"[,;:]? (?:if|unless|where|when|until|except|so that|as|because|who|which|and) |[,;:] ", sentence
        ):
            kept = sentence[: match.start()]
            yield kept
            yield f"{kept}."


@operator
def words_cut(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    """The first or last few words of a sentence."""
    for sentence in sentences(quote.words.replace("\n", " ")):
        words = sentence.split()
        if len(words) > 6:
            few = rng.randint(1, 4)
            yield " ".join(words[few:] if words[0] != "-" else words[few + 1 :])
            yield " ".join(words[:-few])


@operator
def word_dropped(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    words = quote.words.split(" ")
    if len(words) > 4:
        place = rng.randrange(1, len(words) - 1)
        yield " ".join(words[:place] + words[place + 1 :])


@operator
def word_inserted(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    words = quote.words.split(" ")
    extra = rng.choice(["only", "usually", "also", "always", "normally", "first", "any", "ideally"])
    place = rng.randrange(len(words) + 1)
    yield " ".join([*words[:place], extra, *words[place:]])


@operator
def words_swapped(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    words = quote.words.split(" ")
    if len(words) > 3:
        place = rng.randrange(len(words) - 1)
        yield " ".join([*words[:place], words[place + 1], words[place], *words[place + 2 :]])


@operator
def sentences_joined(quote: Quote, rng: random.Random, quotes: Sequence[Quote]) -> Iterator[str]:
    """A sentence of this clause and one of another, in either order, as two sentences or as one."""
    other = rng.choice(quotes)
    if normalised(other.words) not in normalised(quote.text):
        yield f"{quote.words} {other.words}"
        yield f"{other.words} {quote.words}"
        yield f"{quote.words.rstrip('.')} and {other.words[:1].lower()}{other.words[1:]}"


@operator
def sentence_left_out(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    """The first and the last sentence of a clause without what stands between them."""
    pieces = sentences(quote.text) if "\n" not in quote.text else []
    if len(pieces) > 2:
        yield f"{pieces[0]} {pieces[-1]}"
        yield f"{pieces[-1]} {pieces[0]}"


@operator
def item_without_lead_in(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    clause = quote.clause
    if clause.lead_in and clause.kind is ClauseKind.ITEM:
        first = sentences(clause.text)[0]
        yield first
        yield first[:1].upper() + first[1:]
        yield clause.lead_in


@operator
def lead_in_of_another(quote: Quote, rng: random.Random, quotes: Sequence[Quote]) -> Iterator[str]:
    clause = quote.clause
    others = sorted({other.clause.lead_in for other in quotes if other.clause.lead_in} - {clause.lead_in})
    if clause.lead_in and others:
        yield f"{rng.choice(others)} {clause.text}"


@operator
def item_left_out(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    """A list under a lead-in without one of its items."""
    lines = quote.text.split("\n")
    if quote.clause.kind is ClauseKind.LIST and len(lines) > 2 and lines[0].rstrip().endswith((":", ";")):
        for place in range(1, len(lines)):
            yield "\n".join(lines[:place] + lines[place + 1 :])


@operator
def another_clause(quote: Quote, rng: random.Random, quotes: Sequence[Quote]) -> Iterator[str]:
    """True words, cited to a clause that does not have them."""
    other = rng.choice(quotes)
    if normalised(other.words) not in normalised(quote.text):
        yield other.words


@operator
def character(quote: Quote, rng: random.Random, _: Sequence[Quote]) -> Iterator[str]:
    """One letter, its case, a full stop or a bracket: they count."""
    place = rng.randrange(len(quote.words))
    found = quote.words[place]
    if found.isalpha():
        yield quote.words[:place] + found.swapcase() + quote.words[place + 1 :]
        yield quote.words[:place] + quote.words[place + 1 :]
    elif found in ".,;:()":
        yield quote.words[:place] + quote.words[place + 1 :]
