"""Settings come from the environment alone; what cannot be used is refused at the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import PROJECT_DIR, load_settings


def test_without_any_the_data_lives_in_the_checkout() -> None:
    settings = load_settings({"PATH": "/bin", "HOME": "/root"})
    assert settings.data_dir == PROJECT_DIR / ".data"
    assert settings.models == PROJECT_DIR / ".data" / "models"
    assert settings.embedding_model == ""


def test_each_can_be_set() -> None:
    given = {
        "ASSISTANT_DATA_DIR": "/srv/data",
        "ASSISTANT_MODEL_DIR": "/srv/models",
        "ASSISTANT_EMBEDDING_MODEL": "/srv/minilm",
    }
    settings = load_settings(given)
    assert (settings.data_dir, settings.models) == (Path("/srv/data"), Path("/srv/models"))
    assert settings.embedding_model == "/srv/minilm"


def test_models_go_with_the_data_unless_told_otherwise() -> None:
    assert load_settings({"ASSISTANT_DATA_DIR": "/srv/data"}).models == Path("/srv/data/models")


def test_set_to_nothing_is_not_set() -> None:
    given = {"ASSISTANT_DATA_DIR": "", "ASSISTANT_MODEL_DIR": "", "ASSISTANT_EMBEDDING_MODEL": ""}
    assert load_settings(given) == load_settings({})


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"unknown setting ASSISTANT_DATADIR; unset it.*ASSISTANT_DATA_DIR, "):
        load_settings({"ASSISTANT_DATADIR": "x"})


def test_the_environment_given_is_the_one_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_DATA_DIR", "/elsewhere")
    assert load_settings({}).data_dir == PROJECT_DIR / ".data"
