"""The trained models: verified before they are used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.errors import EmbedderError
from index.weights import WEIGHTS_DIR, record_weights, shipped_weights

_LIMIT = 30_000_000  # bytes


def test_the_shipped_weights_are_whole_and_small() -> None:
    weights = shipped_weights("embedder")
    assert weights.path.stat().st_size < _LIMIT
    assert weights.checksum == json.loads((WEIGHTS_DIR / "weights.json").read_text("utf-8"))["embedder"]["sha256"]


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"these are they")
    record_weights("embedder", path, title="a model")
    assert shipped_weights("embedder", folder=tmp_path).name == "a model"
    path.write_bytes(b"these are not they")
    with pytest.raises(EmbedderError, match=r"has sha256 \w{12}... instead of .* restore model.onnx"):
        shipped_weights("embedder", folder=tmp_path)


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="restore the folder from the repository") as caught:
        shipped_weights("embedder", folder=tmp_path)
    assert "\n" not in str(caught.value)
