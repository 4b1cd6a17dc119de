"""The words that slips are mended towards: British where the list of film subtitles is American."""

from __future__ import annotations

from evals.everyday_words import everyday

COUNTS = [("color", 9000), ("table", 900), ("honor", 900), ("rare", 5), ("asked", 120), ("behavior", 5000)]


def test_common_words_and_those_in_use_are_known_in_their_british_spelling() -> None:
    found = everyday(
        COUNTS,
        corpus={"behaviour"},
        asked={"asked": 3},
        british={"colour", "honour", "table", "rota", "rare", "behaviour"},
        used={"rota", "skool"},
    )
    assert found == {"colour", "honour", "table", "asked", "rota", "behaviour"}
