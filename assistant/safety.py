"""A live concern comes first: recognised before any search, answered with what to do now."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from pathlib import Path

from assistant.examples import load_examples
from index.embedding import Vectors

_MOST_CUES = 6.0  # beyond it more cues say no more
_PATH = Path(__file__).with_name("safety.toml")


class Concern(Enum):
    """What a message reports. POSSIBLE: it is answered, with a reminder to speak to the DSL."""

    NONE = auto()
    POSSIBLE = auto()
    LIVE = auto()


@dataclass(frozen=True, slots=True)
class _Cue:
    about: str
    weight: float
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    threshold: float
    nearness: float
    cue_worth: float
    asks_for_rules: float
    plain_nearness: float
    possible: float
    sure: float
    together: float
    cues: tuple[_Cue, ...]
    title: str
    steps: tuple[str, ...]
    lead_speaks: str
    lead_writes: str
    clauses: tuple[str, ...]
    limits: str


def concern_score(message: str) -> float:
    """How much speaks for a live concern: the sum of the weights of the cues found (safety.toml)."""
    plain = re.sub("['’‘]", "", message.lower())
    return sum(cue.weight for cue in _rules().cues if cue.pattern.search(plain))


def concern_in(message: str, vector: Vectors, *, leans: bool = False) -> Concern:
    """Whether a message reports a child in need of help now, rather than asks about procedure.

    vector: of the message, by the embedder that ships. leans: it goes on from what was asked before ("who needs
    telling?"), and must be live by itself.
    """
    rules, cues = _rules(), concern_score(message)
    nearness = load_examples().concern(vector) + rules.cue_worth * min(max(cues, rules.asks_for_rules), _MOST_CUES)
    enough = rules.plain_nearness if leans or cues <= rules.asks_for_rules else rules.nearness
    if nearness >= enough or cues >= rules.threshold:
        return Concern.LIVE
    return Concern.POSSIBLE if nearness >= rules.possible else Concern.NONE


def is_allayed(message: str, vector: Vectors, *, whole: Vectors) -> bool:
    """Whether what was asked before makes an ordinary turn of one that by itself seems to report a concern: "he gets
    the 4.10 bus, mum's fine w it" after "detention after school ok?". Never where it surely reports one.

    whole: the vector of the turn with its topic.
    """
    rules, examples = _rules(), load_examples()
    alone = examples.concern(vector)
    unsure = alone < rules.sure and concern_score(message) < rules.threshold
    return unsure and alone + examples.concern(whole) < rules.together


def surely_reports(vector: Vectors) -> bool:
    """Whether a message lies so near to those that report a concern that it can be nothing else."""
    return load_examples().concern(vector) >= _rules().sure


def act_now(*, dsl: str = "", asked_by_lead: bool = False) -> tuple[str, Sequence[str], str]:
    """The title, the steps and the limits of the reply; dsl is the named DSL, "" where the school is not known.

    asked_by_lead: it is the DSL who asks, and is not told to speak to the DSL.
    """
    rules = _rules()
    named = f": {dsl}" if dsl else ""
    steps = [step.replace("{dsl}", named) for step in rules.steps]
    if asked_by_lead:
        steps = [steps[0], rules.lead_speaks, *steps[2:-1], rules.lead_writes]
    return rules.title, steps, rules.limits


def clauses_of_any_concern() -> Sequence[str]:
    """The ids of what the guidance says of any concern, what matters most first."""
    return _rules().clauses


@cache
def _rules() -> _Rules:
    with _PATH.open("rb") as file:
        values = tomllib.load(file)
    return _Rules(
        threshold=float(values["threshold"]),
        nearness=float(values["nearness"]),
        cue_worth=float(values["cue_worth"]),
        asks_for_rules=float(values["asks_for_rules"]),
        plain_nearness=float(values["plain_nearness"]),
        possible=float(values["possible"]),
        sure=float(values["sure"]),
        together=float(values["together"]),
        cues=tuple(
            _Cue(cue["about"], float(cue["weight"]), re.compile("|".join(cue["patterns"]))) for cue in values["cue"]
        ),
        title=values["reply"]["title"],
        steps=tuple(values["reply"]["steps"]),
        lead_speaks=values["reply"]["lead_speaks"],
        lead_writes=values["reply"]["lead_writes"],
        clauses=tuple(values["reply"]["clauses"]),
        limits=values["reply"]["limits"],
    )
