"""The real documents beside the repository: without them their tests are skipped, and in CI they fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def shared(path: str) -> Path:
    """A file of the shared material, "guidance/dfe-eyfs-2025.pdf" say."""
    found = SHARED / path
    if not found.exists():
        absent = f"{found} is absent: the real documents are not part of the repository"
        if os.environ.get("CI"):
            pytest.fail(absent)
        pytest.skip(absent)
    return found
