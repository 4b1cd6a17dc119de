"""Put the trained embedder into index/weights/ as ONNX, stored as int8: `python -m evals.export_weights FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from index.onnx_export import mean_pooled, write_onnx
from index.weights import WEIGHTS_DIR, record_weights

os.environ.setdefault("HF_HUB_OFFLINE", "1")
_TITLE = "all-MiniLM-L6-v2, trained on how staff ask"


def main(folder: Path) -> None:
    """Export the model in a folder and note its checksum."""
    from transformers import AutoModel

    WEIGHTS_DIR.mkdir(exist_ok=True)
    path = WEIGHTS_DIR / "embedder-int8.onnx"
    model = AutoModel.from_pretrained(str(folder), attn_implementation="eager").eval()
    write_onnx(mean_pooled(model), path, inputs=("input_ids", "attention_mask"), output="embedding")
    record_weights("embedder", path, title=_TITLE)
    print(f"{path.name} written, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("give the folder of the trained model")
    main(Path(sys.argv[1]))
