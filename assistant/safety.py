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
    asks_for_rules: float
    plain_nearness: float
    possible: float
    sure: float
    cues: tuple[_Cue, ...]
    title: str
    steps: tuple[str, ...]
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
    rules, nearness, cues = _rules(), load_examples().concern(vector), concern_score(message)
    enough = rules.plain_nearness if leans or cues <= rules.asks_for_rules else rules.nearness
    if nearness >= enough or cues >= rules.threshold:
        return Concern.LIVE
    return Concern.POSSIBLE if nearness >= rules.possible else Concern.NONE


def surely_reports(vector: Vectors) -> bool:
    """Whether a message lies so near to those that report a concern that it can be nothing else."""
    return load_examples().concern(vector) >= _rules().sure


def act_now(*, dsl: str = "") -> tuple[str, Sequence[str], str]:
    """The title, the steps and the limits of the reply; dsl is the named DSL, "" where the school is not known."""
    rules = _rules()
    named = f": {dsl}" if dsl else ""
    return rules.title, [step.replace("{dsl}", named) for step in rules.steps], rules.limits


@cache
def _rules() -> _Rules:
    with _PATH.open("rb") as file:
        values = tomllib.load(file)
    return _Rules(
        threshold=float(values["threshold"]),
        nearness=float(values["nearness"]),
        asks_for_rules=float(values["asks_for_rules"]),
        plain_nearness=float(values["plain_nearness"]),
        possible=float(values["possible"]),
        sure=float(values["sure"]),
        cues=tuple(
            _Cue(cue["about"], float(cue["weight"]), re.compile("|".join(cue["patterns"]))) for cue in values["cue"]
        ),
        title=values["reply"]["title"],
        steps=tuple(values["reply"]["steps"]),
        limits=values["reply"]["limits"],
    )
