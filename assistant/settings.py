"""Settings, read by entry points only: environment variables that start with ASSISTANT_."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import SettingsError

PROJECT_DIR = Path(__file__).parent.parent
_PREFIX = "ASSISTANT_"


class Settings(BaseModel):
    """data_dir: where everything a user adds lives. model_dir: the exported embedding model (data_dir/models).

    embedding_model: the folder or hub name of another sentence-transformers model; "" is the packaged one.
    without_sign_in: "accepted" lets `serve` bind to an address that other machines reach, though nobody signs in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path = PROJECT_DIR / ".data"
    model_dir: Path | None = None
    embedding_model: str = ""
    without_sign_in: Literal["", "accepted"] = ""

    @property
    def models(self) -> Path:
        return self.model_dir or self.data_dir / "models"


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings; one set to nothing counts as not set.

    Raises SettingsError for a value that cannot be used or a name that is none.
    """
    known = {f"{_PREFIX}{name.upper()}": name for name in Settings.model_fields}
    given = {name: value for name, value in environment.items() if name.startswith(_PREFIX)}
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise SettingsError(f"unknown setting {unknown[0]}; unset it, there are: {', '.join(sorted(known))}")
    try:
        return Settings.model_validate({known[name]: value for name, value in given.items() if value})
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{_PREFIX}{str(first['loc'][0]).upper()}: {first['msg']}; correct or unset it") from error
