"""The register of editions: which one a document rests on, and whether it is still in force."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from corpus.errors import CorpusError
from corpus.models import Authority, Edition

REGISTER_PATH = Path(__file__).parent / "documents" / "sources.toml"


@dataclass(frozen=True, slots=True)
class EditionStatus:
    """Whether an edition is in force on a day, and what comes after it.

    successor: the newest later edition the register knows, in force yet or only reported; None if none.
    in_force is true from the edition's own start, where that is known, until a successor with a known
    date has started.
    """

    edition: Edition
    in_force: bool
    successor: Edition | None


class Register:
    """Editions by id, with their successors."""

    def __init__(self, editions: Iterable[Edition]) -> None:
        self.editions: Mapping[str, Edition] = {edition.id: edition for edition in editions}

    def get(self, edition_id: str) -> Edition | None:
        return self.editions.get(edition_id)

    def status(self, edition_id: str, *, on: dt.date) -> EditionStatus | None:
        """The status of an edition on a day; None for an id the register does not hold."""
        edition = self.editions.get(edition_id)
        if edition is None:
            return None
        in_force = edition.in_force_from is None or edition.in_force_from <= on
        successor, seen = None, {edition_id}
        following = self.editions.get(edition.superseded_by)
        while following is not None and following.id not in seen:
            seen.add(following.id)
            successor = following
            if following.in_force_from is not None and following.in_force_from <= on:
                in_force = False
            following = self.editions.get(following.superseded_by)
        return EditionStatus(edition, in_force, successor)


@cache
def load_register(path: Path = REGISTER_PATH) -> Register:
    """Read the register. Raises CorpusError naming the entry that is wrong."""
    try:
        with path.open("rb") as file:
            entries = tomllib.load(file).get("edition", [])
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(f"sources.toml: it is not valid TOML: {error}") from error
    editions: dict[str, Edition] = {}
    for entry in entries:
        edition = _edition(entry)
        if edition.id in editions:
            raise CorpusError(f"sources.toml: the entry {edition.id!r} is there twice; take one out")
        editions[edition.id] = edition
    return Register(editions.values())


def _edition(entry: Mapping[str, object]) -> Edition:
    known = {field.name for field in fields(Edition)}
    values = {key: value for key, value in entry.items() if key in known}
    start = values.get("in_force_from")
    try:
        if start is not None and type(start) is not dt.date:
            raise ValueError(f"in_force_from {start!r} is no day; write it as 2025-04-01, without quotation marks")
        return Edition(**{**values, "authority": Authority(str(entry["authority"]))})  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"sources.toml: the entry {entry.get('id', '(without id)')!r} is wrong: {error}") from error
