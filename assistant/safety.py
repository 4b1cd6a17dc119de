"""A live concern comes first: recognised before any search, answered with what to do now."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from functools import cache
from pathlib import Path
from typing import Any

from assistant.examples import TURN_HEAD_WORTH, load_examples
from index.embedding import Vectors

_MOST_CUES = 6.0  # beyond it more cues say no more
_PATH = Path(__file__).with_name("safety.toml")


class Concern(Enum):
    """What a message reports. POSSIBLE: it is answered, with a reminder to speak to the DSL."""

    NONE = auto()
    POSSIBLE = auto()
    LIVE = auto()


class About(IntEnum):
    """Whom a concern may be about, beside whoever it is at home. LEAD: who leads the school or its safeguarding, or is
    too close to whom it is about."""

    NO_STAFF = auto()
    STAFF = auto()
    LEAD = auto()


@dataclass(frozen=True, slots=True)
class _Accused:
    posts: re.Pattern[str]
    told: re.Pattern[str]
    leads: re.Pattern[str]
    unwilling: re.Pattern[str]
    of_staff: str
    of_lead: str
    clauses: tuple[str, ...]


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
    accused: _Accused


def concern_score(message: str) -> float:
    """How much speaks for a live concern: the sum of the weights of the cues found (safety.toml)."""
    plain = _plain(message)
    return sum(cue.weight for cue in _rules().cues if cue.pattern.search(plain))


def may_be_about(message: str, *, leads: Sequence[str] = ()) -> About:
    """Whether a concern may be about a member of staff. leads: the names of those who lead safeguarding.

    Who was told, or cannot be reached, is not whom it is about. It is told too often rather than too seldom: what is
    said then is worded as a condition.
    """
    accused = _rules().accused
    rest = accused.told.sub(" , ", " ".join(re.sub(r"[^\w\s:-]", " ", _plain(message)).split()))
    if any(re.search(rf"\b{re.escape(name.lower().split()[-1])}\b", rest) for name in leads):
        return About.LEAD
    if accused.unwilling.search(_plain(message)):
        return About.LEAD
    if not accused.posts.search(rest):
        return About.NO_STAFF
    return About.LEAD if accused.leads.search(rest) else About.STAFF


def _plain(message: str) -> str:
    return re.sub("['’‘]", "", message.lower())


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
    alone = examples.concern(vector, head_worth=TURN_HEAD_WORTH)
    unsure = alone < rules.sure and concern_score(message) < rules.threshold
    return unsure and alone + examples.concern(whole, head_worth=TURN_HEAD_WORTH) < rules.together


def surely_reports(vector: Vectors) -> bool:
    """Whether a message lies so near to those that report a concern that it can be nothing else."""
    return load_examples().concern(vector, head_worth=TURN_HEAD_WORTH) >= _rules().sure


def act_now(
    *, dsl: str = "", asked_by_lead: bool = False, about: About = About.NO_STAFF
) -> tuple[str, Sequence[str], str]:
    """The title, the steps and the limits of the reply; dsl is the named DSL, "" where the school is not known.

    asked_by_lead: it is the DSL who asks, and is not told to speak to the DSL. about: a member of staff is not to be
    spoken to about themselves.
    """
    rules = _rules()
    named = f": {dsl}" if dsl else ""
    first, speak, reach, *others, write = (step.replace("{dsl}", named) for step in rules.steps)
    if asked_by_lead:
        speak, write = rules.lead_speaks, rules.lead_writes
    elif about is About.LEAD:
        speak, write = rules.accused.of_lead, rules.lead_writes
    if about is About.STAFF or (about is About.LEAD and asked_by_lead):
        speak = f"{speak} {rules.accused.of_staff}"
    return rules.title, [first, speak, reach, *others, write], rules.limits


def clauses_of_any_concern() -> Sequence[str]:
    """The ids of what the guidance says of any concern, what matters most first."""
    return _rules().clauses


def clauses_about_staff() -> Sequence[str]:
    """The ids of what the guidance says of a concern about a member of staff."""
    return _rules().accused.clauses


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
        accused=_accused(values["accused"]),
    )


def _accused(values: Mapping[str, Any]) -> _Accused:
    def pattern(*written: str) -> re.Pattern[str]:
        whole = "|".join(written)
        return re.compile(whole.replace("{lead}", values["lead"]).replace("{harm}", values["harm"]))

    return _Accused(
        posts=pattern(values["posts"]),
        told=pattern(values["told"]),
        leads=pattern(*values["leads"]),
        unwilling=pattern(*values["unwilling"]),
        of_staff=values["of_staff"],
        of_lead=values["of_lead"],
        clauses=tuple(values["clauses"]),
    )
