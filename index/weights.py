"""The models trained for this project, as they ship in index/weights/: found and verified before they are used."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from index.errors import EmbedderError

WEIGHTS_DIR = Path(__file__).with_name("weights")
MANIFEST = "weights.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """A model file. checksum: its sha256."""

    name: str
    path: Path
    checksum: str


def shipped_weights(name: str, *, folder: Path = WEIGHTS_DIR) -> Weights:
    """The weights called "embedder". Raises EmbedderError where the file is missing or altered."""
    try:
        entry = json.loads((folder / MANIFEST).read_text("utf-8"))[name]
        path = folder / entry["file"]
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, KeyError, ValueError) as error:
        raise EmbedderError(
            f"the trained {name} cannot be read from {folder} ({error}); restore the folder from the repository"
        ) from error
    if found != entry["sha256"]:
        raise EmbedderError(
            f"the trained {name} has sha256 {found[:12]}... instead of {entry['sha256'][:12]}...; "
            f"restore {path.name} from the repository"
        )
    return Weights(entry["name"], path, found)


def record_weights(name: str, path: Path, *, title: str) -> None:
    """Note a newly exported file in the manifest beside it."""
    manifest = path.parent / MANIFEST
    entries = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {}
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    entries[name] = {"name": title, "file": path.name, "sha256": checksum}
    manifest.write_text(json.dumps(dict(sorted(entries.items())), indent=1) + "\n", "utf-8")
