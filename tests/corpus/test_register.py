"""The register: whether an edition is in force on a day, and what comes after it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.models import Authority, Edition
from corpus.register import Register, load_register

TODAY = dt.date(2026, 11, 23)


def edition(id_: str, start: str = "", after: str = "") -> Edition:
    date = dt.date.fromisoformat(start) if start else None
    return Edition(id_, "Title", "DfE", Authority.STATUTORY, id_, in_force_from=date, superseded_by=after)


def standing(register: Register, id_: str, on: dt.date = TODAY) -> tuple[bool, str]:
    status = register.status(id_, on=on)
    assert status is not None
    assert status.edition.id == id_
    return status.in_force, status.successor.id if status.successor else ""


def test_an_edition_without_a_successor_is_in_force() -> None:
    assert standing(Register([edition("a", "2024-09-01")]), "a") == (True, "")
    assert standing(Register([edition("undated")]), "undated") == (True, "")


def test_a_successor_in_force_ends_it_on_its_day() -> None:
    register = Register([edition("a", "2024-09-01", "b"), edition("b", "2026-07-26")])
    assert standing(register, "a", dt.date(2026, 7, 25)) == (True, "b")
    assert standing(register, "a", dt.date(2026, 7, 26)) == (False, "b")
    assert standing(register, "b") == (True, "")


def test_a_successor_that_is_only_reported_does_not_end_it() -> None:
    assert standing(Register([edition("a", "2024-08-19", "b"), edition("b")]), "a") == (True, "b")


def test_the_newest_of_several_successors_is_named() -> None:
    chain = [edition("a", "2022-09-01", "b"), edition("b", "2023-09-01", "c"), edition("c", "", "d"), edition("d")]
    assert standing(Register(chain), "a") == (False, "d")
    assert standing(Register(chain), "b") == (True, "d")


def test_an_edition_is_not_in_force_before_its_day() -> None:
    register = Register([edition("a", "2026-09-01")])
    assert standing(register, "a", dt.date(2026, 8, 31)) == (False, "")
    assert standing(register, "a", dt.date(2026, 9, 1)) == (True, "")


def test_unknown_ids_and_rings() -> None:
    ring = Register([edition("a", "2024-01-01", "b"), edition("b", "2025-01-01", "a"), edition("c", "", "nowhere")])
    assert ring.status("nobody", on=TODAY) is None
    assert ring.get("nobody") is None
    assert standing(ring, "a") == (False, "b")
    assert standing(ring, "c") == (True, "")


GOOD = 'id = "a"\ntitle = "T"\npublisher = "P"\nauthority = "local"\nedition = "E"\n'


def register_file(folder: Path, *entries: str) -> Path:
    path = folder / "sources.toml"
    path.write_text("".join(f"[[edition]]\n{entry}\n" for entry in entries), "utf-8")
    return path


def test_fields_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    register = load_register(register_file(tmp_path, GOOD + 'status = "page"\nin_force_from = 2025-04-01\n'))
    assert register.editions["a"] == Edition("a", "T", "P", Authority.LOCAL, "E", in_force_from=dt.date(2025, 4, 1))


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([GOOD.replace('"local"', '"law"')], "'a' is wrong: 'law' is not a valid Authority"),
        ([GOOD.replace('authority = "local"\n', "")], "'a' is wrong: 'authority'"),
        ([GOOD.replace('title = "T"\n', "")], "'a' is wrong: .*title"),
        ([GOOD.replace('id = "a"\n', "")], "without id"),
        ([GOOD + 'in_force_from = "2025"\n'], "'a' is wrong: in_force_from .* 2025-04-01"),
        ([GOOD, GOOD], "'a' is there twice"),
        (["id = a\n"], "is not valid TOML"),
    ],
)
def test_a_bad_entry_is_named(tmp_path: Path, entries: list[str], says: str) -> None:
    with pytest.raises(CorpusError, match=says) as error:
        load_register(register_file(tmp_path, *entries))
    assert str(error.value).startswith("sources.toml: ")
    assert "\n" not in str(error.value)


def test_the_register_that_ships() -> None:
    editions = load_register().editions
    assert len(editions) > 20
    for one in editions.values():
        assert one.title, one.id
        assert one.publisher, one.id
        assert one.edition, one.id
        assert one.in_force_from or one.in_force_note or not one.verified, one.id
    assert standing(load_register(), "exclusion-2024-08") == (False, "exclusion-2026-07")
    assert standing(load_register(), "attendance-2024-08") == (True, "attendance-2026-07")
    assert standing(load_register(), "behaviour-2024-02") == (True, "")
    assert standing(load_register(), "exclusion-2022-09") == (False, "exclusion-2026-07")
