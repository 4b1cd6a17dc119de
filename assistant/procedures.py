"""Procedures that are told whole: whether a question asks for one, and what an answer is incomplete without."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from corpus.models import Clause, Stage
from index.vocabulary import Vocabulary

_PATH = Path(__file__).with_name("procedures.toml")
_OWN_WORDS = 1  # so many may the part of a question have that asks what to do: "before she *signs* anything"
_BORDER = re.compile(r"[.?!;:,]\s|\s[-–—+]\s|\n")
_AND = re.compile(r"\s(?:and|n|&)\s")
_ASKING = re.compile(r"\W*(?:\w+ ){0,2}(?:who|whom|whos|what|whats|when|where|which|how|does|do|is there)\b")
_SEVERAL = 2
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
_DAYS = re.compile(rf"\b(\d{{1,2}}|{'|'.join(_NUMBERS)})[ -](?:(?:school[ -])?days?|in total|altogether)\b")
# As typed on a phone: what the mending of slips leaves alone, being too short.
_TYPED = ((r"\b2(?= (?:be|do)\b)", "to"), (r"\bb4\b", "before"), (r"['’]", ""))
_MORE = re.compile(rf"\b(\d{{1,2}}|{'|'.join(_NUMBERS)})(?: days?)? more\b")
_SUSPENSION, _PERMANENT = "suspension", "permanent"
_BACK, _GOVERNORS = "back", "governors"
_ANY_STAGE = "any"
_TELLING = "telling"  # of all stages the steps that tell somebody
# Whoever is looked after has a social worker too.
_ALSO = {"CLA": {"CSW"}}
_KNOWN_TO_CARE = {"CLA", "PLA", "CSW", "kinship"}
_OF_CARE = {"c_cla", "c_pla", "c_csw", "c_cin", "c_cpp", "c_kinship", "c_pep"}
_NOTHING = "(?!)"  # a pattern that nothing matches


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for whole.

    stages: as asked, none for all of them; part: of what comes after ("back", "governors"), or "telling" for whoever is
    to be told, "" for all; kind: "suspension", "permanent", or "" where it may be either; days: of suspension, 0 where
    none are named; by_stage: whether it is told by stage, or in the order of the file.
    """

    procedure: str
    stages: tuple[Stage, ...]
    part: str
    kind: str
    days: int
    by_stage: bool = True
    beside: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether it is only asked who is to be told: what else was asked is found by search."""
        return self.part == _TELLING


@dataclass(frozen=True, slots=True)
class Step:
    """A duty, and when it is one. See procedures.toml."""

    clause: str
    groups: frozenset[str] = frozenset()
    kind: str = ""
    days: tuple[int, int] = (0, 0)
    or_named: str = ""
    part: str = ""
    stage: str = ""
    named: str = ""
    not_named: str = ""
    pressing: bool = False
    tells: bool = False


@dataclass(frozen=True, slots=True)
class _Procedure:
    """concepts: one of which a question must name, or else say what also has; other: with which it is about something
    else; known_to_care: whether it must name pupils whom social care knows; however: whether it is asked for whole
    however it is asked; by_stage: whether the stages of it can be asked for."""

    concepts: frozenset[str]
    also: re.Pattern[str]
    other: re.Pattern[str]
    steps: tuple[Step, ...]
    known_to_care: bool
    however: bool
    by_stage: bool

    def is_named(self, text: str, terms: Sequence[str]) -> bool:
        named = bool(self.concepts & set(terms)) or bool(self.also.search(text))
        pupils = not self.known_to_care or bool(_OF_CARE & set(terms))
        return named and pupils and not self.other.search(text)


@dataclass(frozen=True, slots=True)
class _Rules:
    asking: Mapping[str, re.Pattern[str]]
    plain: frozenset[str]
    stages: Mapping[str, re.Pattern[str]]
    procedures: Mapping[str, _Procedure]


def asked_whole(text: str, terms: Sequence[str], stages: Sequence[Stage], vocabulary: Vocabulary) -> Asked | None:
    """The procedure that a question asks all of, or asks enough of, for pupils known to social care, that its duties
    belong beside the answer; None where it asks something narrower, or of another matter.

    text: in lower case, slips mended; terms: its index terms; stages: those it names.
    """
    rules, text = _rules(), _typed(text)
    about = next((id_ for id_, one in rules.procedures.items() if one.is_named(text, terms)), None)
    if about is None:
        return None
    procedure = rules.procedures[about]
    whole = procedure.however or _asks_for_all(text, vocabulary)
    tells = any(step.tells for step in procedure.steps) and _asks(text, "telling", vocabulary)
    beside = not whole and not tells and bool(_OF_CARE & set(terms)) and _asks_at_length(text)
    if not (whole or tells or beside):
        return None
    if not procedure.by_stage:
        return Asked(about, (), "", "", 0, by_stage=False, beside=beside)
    kinds = {_PERMANENT: "c_permanent_exclusion" in terms, _SUSPENSION: "c_suspension" in terms}
    days = _days(text)
    # "Excluded for 6 days" is a suspension, whatever it is called.
    kind = next((name for name, named in kinds.items() if named), _SUSPENSION if days else "")
    told, part = _stages(text, stages, kind)
    if whole and tells and told == (Stage.DURING,):
        told = (Stage.DECISION, Stage.DURING)
    if tells and not whole and told != (Stage.BEFORE,) and _asks_several(text):
        told, part = (Stage.DECISION, Stage.DURING), ""  # "who must be told, and what education does he get?"
    elif tells and not whole:
        told, part = (told if told == (Stage.BEFORE,) else (Stage.DECISION,)), _TELLING
    return Asked(about, told, part, kind, days, by_stage=not beside, beside=beside)


def steps(asked: Asked, text: str, groups: Sequence[str], known: Mapping[str, Clause]) -> list[Clause]:
    """The clauses of a procedure for the pupils asked about, in the order of the file.

    groups: of pupils, as Understanding has them; known: the clauses that the index holds, by id.
    """
    every = _rules().procedures[asked.procedure].steps
    typed = _typed(text.lower())
    pupils = set(groups).union(*(_ALSO.get(group, set()) for group in groups))
    pupils |= set() if pupils & _KNOWN_TO_CARE else {"-"}
    due = [step for step in every if _is_due(step, asked, pupils, typed)]
    return [
        known[step.clause]
        for step in due
        if step.clause in known and _is_told(step, step.stage or known[step.clause].stage.value, asked)
    ]


def step_ids(procedure: str) -> tuple[str, ...]:
    """The ids of every step of a procedure."""
    return tuple(step.clause for step in _rules().procedures[procedure].steps)


def procedures() -> tuple[str, ...]:
    """The names of all of them."""
    return tuple(_rules().procedures)


def _is_due(step: Step, asked: Asked, pupils: set[str], typed: str) -> bool:
    """Whether a step is one for these pupils, this kind of exclusion and this many days."""
    few, many = step.days
    enough = not few or few <= asked.days <= many or (asked.kind == _PERMANENT and not step.kind)
    enough = enough or bool(step.or_named and re.search(step.or_named, typed))
    return (
        (not step.groups or bool(step.groups & pupils))
        and (not step.kind or asked.kind in {step.kind, ""})
        and enough
        and (not step.named or bool(re.search(step.named, typed)))
        and (not step.not_named or not re.search(step.not_named, typed))
    )


def _is_told(step: Step, stage: str, asked: Asked) -> bool:
    """Whether a step belongs to the stages asked about, or presses: then who asks what comes before is told it too."""
    if asked.part == _TELLING and not step.tells:
        return False
    if not asked.stages or stage == _ANY_STAGE:
        return True
    if step.part and asked.part not in {step.part, ""}:
        return False
    return stage in {one.value for one in asked.stages} or (step.pressing and Stage.BEFORE in asked.stages)


def _asks_for_all(text: str, vocabulary: Vocabulary) -> bool:
    return bool(_rules().asking["everything"].search(text)) or _asks(text, "next", vocabulary)


def _asks_at_length(text: str) -> bool:
    """Whether it is asked what to do, whatever more it says, or several things are."""
    return _asks_several(text) or bool(_rules().asking["next"].search(text))


def _asks_several(text: str) -> bool:
    parts = [piece for part in _BORDER.split(text) for piece in _AND.split(part)]
    return sum(bool(_ASKING.match(part)) for part in parts) >= _SEVERAL


def _asks(text: str, what: str, vocabulary: Vocabulary) -> bool:
    """Whether a part of a question asks this, and says next to nothing of its own beside."""
    parts = _BORDER.split(text)
    parts += [piece for part in parts for piece in _AND.split(part)]
    asking = (part for part in parts if _rules().asking[what].search(part))
    return any(len(_own_words(part, vocabulary)) <= _OWN_WORDS for part in asking)


def _own_words(part: str, vocabulary: Vocabulary) -> list[str]:
    """The words of a part that say something of their own: no name of a concept, number or way of asking."""
    named = vocabulary.stems_of(vocabulary.concepts_in(part)) | _rules().plain
    return [term for term in vocabulary.terms(part) if not (term in named or term[:2] == "c_" or term[:1].isdigit())]


def _stages(text: str, named: Sequence[Stage], kind: str) -> tuple[tuple[Stage, ...], str]:
    """The stages to tell, none for all, and the part of what comes after."""
    found = {name for name, pattern in _rules().stages.items() if pattern.search(text)}
    if "all" in found or {"taken", "ahead"} <= found:
        return (), ""
    if "decision" in found:
        return ((Stage.BEFORE, Stage.DECISION) if "ahead" in found else (Stage.DECISION,)), ""
    if "governors" in found:
        return (Stage.AFTER,), _GOVERNORS
    if {"out", "back"} <= found:
        return (Stage.DURING, Stage.AFTER), _BACK
    if "out" in found:
        return ((Stage.DECISION, Stage.DURING) if "taken" in found and "today" in text else (Stage.DURING,)), ""
    if "back" in found and kind != _PERMANENT and "taken" not in found:
        return (Stage.AFTER,), _BACK
    if "ahead" in found:
        return (Stage.BEFORE,), ""
    if "taken" in found or Stage.AFTER in named:
        return (Stage.DECISION, Stage.DURING, Stage.AFTER), ""
    return (), ""


def _days(text: str) -> int:
    """The days of suspension in the term: the largest number that is told, or what is added to another."""
    told, more = (
        [_NUMBERS.index(word) + 1 if word in _NUMBERS else int(word) for word in pattern.findall(text)]
        for pattern in (_DAYS, _MORE)
    )
    return max([*told, max(told, default=0) + sum(more)])


def _typed(text: str) -> str:
    for pattern, meant in _TYPED:
        text = re.sub(pattern, meant, text)
    return text


@cache
def _rules() -> _Rules:
    with _PATH.open("rb") as file:
        values = tomllib.load(file)
    asking = values["asking"]
    return _Rules(
        asking={name: re.compile(asking[name]) for name in ("everything", "next", "telling")},
        plain=frozenset(asking["plain"]),
        stages={name: re.compile(pattern) for name, pattern in values["stages"].items()},
        procedures={
            entry["id"]: _Procedure(
                concepts=frozenset(entry.get("concepts", ())),
                also=re.compile(entry.get("also", _NOTHING)),
                other=re.compile(entry.get("other", _NOTHING)),
                steps=tuple(map(_step, entry["steps"])),
                known_to_care=entry.get("known_to_care", False),
                however=entry.get("however", False),
                by_stage=entry.get("by_stage", False),
            )
            for entry in values["procedure"]
        },
    )


def _step(values: Mapping[str, Any]) -> Step:
    kept = dict(values)
    kept["groups"] = frozenset(kept.get("groups", ()))
    kept["days"] = tuple(kept.get("days", (0, 0)))
    return Step(**kept)
