"""Settings, read by entry points only: environment variables that start with ASSISTANT_."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

PROJECT_DIR = Path(__file__).parent.parent
MAX_QUESTION_CHARS = 2000


class Settings(BaseSettings):
    """data_dir: where everything a user adds lives. model_dir: the exported embedding model (data_dir/models).

    embedding_model: the folder or hub name of another sentence-transformers model; "" is the packaged one.
    """

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", extra="forbid")

    data_dir: Path = PROJECT_DIR / ".data"
    model_dir: Path | None = None
    embedding_model: str = ""

    @property
    def models(self) -> Path:
        return self.model_dir or self.data_dir / "models"


def load_settings(environment: dict[str, str]) -> Settings:
    """Read the settings. Raises SettingsError for a value that cannot be used or a name that is none."""
    known = {f"ASSISTANT_{name.upper()}" for name in Settings.model_fields}
    unknown = sorted(name for name in environment if name.startswith("ASSISTANT_") and name not in known)
    if unknown:
        raise SettingsError(f"unknown setting {unknown[0]}; there are: {', '.join(sorted(known))}")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"ASSISTANT_{str(first['loc'][0]).upper()}: {first['msg']}; correct or unset it") from error
