"""Text in, unit vectors out: a MiniLM trained on how staff ask, on onnxruntime, or any sentence-transformers model.

torch is never imported on the default path: onnxruntime answers in a fraction of the time and memory.
Each text is embedded on its own, without padding: the same text always gets the same vector.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbedderError
from index.onnx_export import WEIGHTS_SHA256, exported_model, packaged_model_dir
from index.weights import Weights, shipped_weights

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGED_MODEL = "all-MiniLM-L6-v2"
_DIMENSION = 384  # of MiniLM
_CALL = 256  # texts a call: enough for sentence-transformers to sort by length, few enough to show progress
Vectors = NDArray[np.float32]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """What a vector was made with; vectors of different identities are never compared."""

    name: str
    dimension: int
    checksum: str

    def __str__(self) -> str:
        return f"{self.name} ({self.dimension} dimensions, sha256 {self.checksum[:12]})"


class Embedder(Protocol):
    """Embeds questions and clauses in one space; vectors have length 1."""

    @property
    def identity(self) -> EmbedderIdentity: ...

    @property
    def max_tokens(self) -> int:
        """How many tokens the model reads; what is beyond would be cut off unread."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def embed_query(self, text: str) -> Vectors:
        """One vector, shape (dimension,)."""
        ...

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Shape (len(texts), dimension); progress is told of each text done."""
        ...


class OnnxEmbedder:
    """MiniLM weights, stored as int8 in an ONNX file: those trained for this project, or the packaged ones."""

    max_tokens = 256

    def __init__(self, weights: Weights, *, workers: int = 2) -> None:
        """workers: how many texts are embedded at a time."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # Two threads for one short text wait for each other more than they work: half the speed of one.
        options.intra_op_num_threads = 1
        # The weights are stored as int8 and are made fp32 once, at loading, instead of at every text.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        try:
            self._session = onnxruntime.InferenceSession(str(weights.path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no common base
            reason = " ".join(str(error).split())[:200]
            raise EmbedderError(
                f"the embedding model {weights.path} cannot be read ({reason}); "
                "delete the file, or restore it from the repository"
            ) from error
        self._weights, self._workers = weights, workers
        self._tokenizer: Any = Tokenizer.from_file(str(packaged_model_dir() / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    @property
    def identity(self) -> EmbedderIdentity:
        return _identity(self._weights)

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode(text).ids)

    def embed_query(self, text: str) -> Vectors:
        return self._embed(text)

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        vectors = np.zeros((len(texts), _DIMENSION), dtype=np.float32)
        with ThreadPoolExecutor(self._workers) as pool:
            for row, vector in enumerate(pool.map(self._embed, texts)):
                vectors[row] = vector
                if progress:
                    progress(1)
        return vectors

    def _embed(self, text: str) -> Vectors:
        # Questions may be longer than the model reads; clauses never are (see passages.py).
        ids = np.array([self._tokenizer.encode(text).ids[: self.max_tokens]], dtype=np.int64)
        output = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        return np.asarray(output[0][0], dtype=np.float32)


class SentenceTransformersEmbedder:
    """Another sentence-transformers model: a local folder, or a hub name where there is a network."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer

            self._model: SentenceTransformer = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise EmbedderError(
                f"the embedding model {name!r} cannot be loaded ({reason}); "
                "set ASSISTANT_EMBEDDING_MODEL to the folder of a sentence-transformers model, or unset it"
            ) from error
        self._name = name

    @cached_property
    def identity(self) -> EmbedderIdentity:
        import hashlib

        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.detach().cpu().float().numpy().tobytes())
        return EmbedderIdentity(self._name, int(self._model.get_embedding_dimension() or 0), digest.hexdigest())

    @property
    def max_tokens(self) -> int:
        return int(self._model.max_seq_length or 256)

    def count_tokens(self, text: str) -> int:
        return len(self._model.tokenizer(text, truncation=False)["input_ids"])

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._encode([text])[0]
        return vector

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for start in range(0, len(texts), _CALL):
            part = texts[start : start + _CALL]
            vectors[start : start + len(part)] = self._encode(part)
            if progress:
                progress(len(part))
        return vectors

    def _encode(self, texts: Sequence[str]) -> Vectors:
        encoded = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(encoded, dtype=np.float32)


def shipped_identity() -> EmbedderIdentity:
    """What the embedder trained for this project is known by, without loading it."""
    return _identity(shipped_weights("embedder"))


def _identity(weights: Weights) -> EmbedderIdentity:
    return EmbedderIdentity(f"{weights.name} (onnx, weights of int8)", _DIMENSION, weights.checksum)


def load_embedder(model: str = "", *, model_dir: Path) -> Embedder:
    """The embedder trained for this project (model ""), the packaged one by its name, or another by name or folder.

    model_dir keeps the packaged model's export. Raises EmbedderError where the model cannot be had.
    """
    if not model:
        return OnnxEmbedder(shipped_weights("embedder"))
    if model == PACKAGED_MODEL:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        return OnnxEmbedder(Weights(PACKAGED_MODEL, exported_model(model_dir), WEIGHTS_SHA256))
    return SentenceTransformersEmbedder(model)
