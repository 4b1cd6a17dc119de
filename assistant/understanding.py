"""What a question asks, without a language model: its intent, pupils, roles, school and stage, as data."""

from __future__ import annotations

import re
import tomllib
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from assistant.procedures import Asked, asked_whole
from corpus.models import Stage
from corpus.tags import GROUPS, ROLES
from index.vocabulary import Vocabulary

_PATH = Path(__file__).with_name("understanding.toml")
# Concepts of the vocabulary that name pupils, and those that name roles.
_GROUP_OF_CONCEPT = {
    "c_cla": "CLA",
    "c_pla": "PLA",
    "c_csw": "CSW",
    "c_cin": "CSW",
    "c_cpp": "CSW",
    "c_send": "SEND",
    "c_kinship": "kinship",
}
_ROLE_OF_CONCEPT = {
    "c_headteacher": "headteacher",
    "c_governors": "governing board",
    "c_designated_teacher": "designated teacher",
    "c_dsl": "DSL",
    "c_senco": "SENCO",
    "c_vsh": "virtual school head",
    "c_virtual_school": "virtual school head",
    "c_local_authority": "local authority",
    "c_social_worker": "social worker",
    "c_irp": "independent review panel",
}


class Intent(StrEnum):
    """The kind of thing asked for."""

    WHO = "who"
    WHEN = "when"
    HOW_OFTEN = "how_often"
    AMOUNT = "amount"
    CONTACT = "contact"
    MONEY = "money"
    MAY = "may"
    PROCEDURE = "procedure"
    DEFINITION = "definition"
    LIST = "list"
    WHY = "why"
    GENERAL = "general"


_BROAD_WORDS = 3  # a question of procedure with so few words of its own, acronyms aside, asks for all of it


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood. text: the question as searched, spelling mended, conversation carried over; procedure: which
    one it asks all of, where its duties are known by name (procedures.toml)."""

    text: str
    intent: Intent
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    school: str | None = None
    asker_role: str | None = None
    terms: tuple[str, ...] = ()
    procedure: Asked | None = None

    @property
    def wants_whole_procedure(self) -> bool:
        """Whether all the steps of a procedure are asked for: "what must I do before suspending a CLA pupil?"."""
        if self.procedure is not None and not self.procedure.beside:
            return self.procedure.by_stage
        plain = [term for term in self.terms if not term.startswith("c_")]
        return self.intent is Intent.PROCEDURE and len(plain) <= _BROAD_WORDS and bool(self.stages)

    def as_dict(self) -> dict[str, Any]:
        """For `--explain`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Cues:
    intents: tuple[tuple[Intent, re.Pattern[str]], ...]
    stages: tuple[tuple[Stage, re.Pattern[str]], ...]
    schools: tuple[tuple[str, re.Pattern[str]], ...]


def understand(
    text: str, *, vocabulary: Vocabulary, school: str | None = None, role: str | None = None
) -> Understanding:
    """Read a question (spelling already mended). A school named in it goes before the one given."""
    cues = _cues()
    lower = text.lower().replace("’", "'")
    terms = vocabulary.terms(text)
    named = schools_named(lower) or schools_named(school or "")
    stages = tuple(stage for stage, pattern in cues.stages if pattern.search(lower))
    return Understanding(
        text=text,
        intent=next((intent for intent, pattern in cues.intents if pattern.search(lower)), Intent.GENERAL),
        groups=_groups(terms),
        roles=tuple(dict.fromkeys(_ROLE_OF_CONCEPT[term] for term in terms if term in _ROLE_OF_CONCEPT)),
        stages=stages,
        # Asked about two, it is answered for all: no one school's answer would be whole.
        school=named[0] if len(named) == 1 else None,
        asker_role=role_named(role) if role else None,
        terms=tuple(dict.fromkeys(terms)),
        procedure=asked_whole(lower, terms, stages, vocabulary),
    )


def schools() -> tuple[str, ...]:
    """The Trust's schools, by their full names."""
    return tuple(name for name, _ in _cues().schools)


def schools_named(text: str) -> tuple[str, ...]:
    """The full names of the Trust's schools that a text names."""
    return tuple(name for name, pattern in _cues().schools if pattern.search(text.lower()))


def school_named(text: str) -> str | None:
    """The full name of the one school a text names; None where it names none of the Trust's, or several."""
    named = schools_named(text)
    return named[0] if len(named) == 1 else None


def role_named(text: str) -> str | None:
    """The canonical role of a text such as "DT" or "head teacher"; None where it names none."""
    return next(
        (role for role, pattern in ROLES.items() if re.fullmatch(pattern, text.strip(), re.IGNORECASE)),
        next((role for role in ROLES if role.casefold() == text.strip().casefold()), None),
    )


def _groups(terms: list[str]) -> tuple[str, ...]:
    found = {_GROUP_OF_CONCEPT[term] for term in terms if term in _GROUP_OF_CONCEPT}
    return tuple(name for name in GROUPS if name in found)


@cache
def _cues() -> _Cues:
    with _PATH.open("rb") as file:
        values = tomllib.load(file)
    return _Cues(
        intents=tuple((Intent(entry["id"]), re.compile("|".join(entry["patterns"]))) for entry in values["intent"]),
        stages=tuple((Stage(name), re.compile(pattern)) for name, pattern in values["stages"].items()),
        schools=tuple((name, re.compile(pattern)) for name, pattern in values["schools"].items()),
    )
