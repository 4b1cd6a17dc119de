"""An encoder's lower layers, frozen and remembered by text, and its upper ones, which are trained.

What the frozen layers make of a text never changes, so it is computed once: a step takes two thirds of the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

FROZEN_LAYERS = 2
_CHUNK = 24  # texts of like length are run together, so that little is padding


class Halves:
    """Embeds as the sentence-transformers model does whose upper layers it trains."""

    def __init__(self, model: Any) -> None:
        self._tokenizer = model.tokenizer
        self._bert = model[0].auto_model
        self._remembered: dict[str, Any] = {}
        for part in (self._bert.embeddings, self._bert.pooler, *self._bert.encoder.layer[:FROZEN_LAYERS]):
            for parameter in part.parameters() if part is not None else ():
                parameter.requires_grad = False

    def parameters(self) -> list[Any]:
        """Those that are trained."""
        return [parameter for parameter in self._bert.parameters() if parameter.requires_grad]

    def remember(self, texts: Iterable[str], *, max_tokens: int) -> None:
        """Run the frozen layers over every text once. Shape of each: (tokens, hidden), half precision."""
        import torch

        self._bert.eval()
        new = sorted({text for text in texts if text not in self._remembered}, key=lambda text: (len(text), text))
        with torch.no_grad():
            for start in range(0, len(new), _CHUNK):
                chunk = new[start : start + _CHUNK]
                tokens = self._tokenizer(
                    chunk, padding=True, truncation=True, max_length=max_tokens, return_tensors="pt"
                )
                hidden = self._bert.embeddings(tokens["input_ids"])
                for layer in self._bert.encoder.layer[:FROZEN_LAYERS]:
                    hidden = _first(layer(hidden, attention_mask=_additive(tokens["attention_mask"])))
                for text, states, mask in zip(chunk, hidden, tokens["attention_mask"], strict=True):
                    self._remembered[text] = states[: int(mask.sum())].half().clone()

    def embed(self, texts: Sequence[str]) -> Any:
        """Vectors of length 1, shape (len(texts), hidden), with gradients. The texts must be remembered."""
        import torch

        order = sorted(range(len(texts)), key=lambda at: len(self._remembered[texts[at]]))
        parts = [
            self._embed([texts[at] for at in order[start : start + _CHUNK]]) for start in range(0, len(order), _CHUNK)
        ]
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(parts)[back]

    def _embed(self, texts: Sequence[str]) -> Any:
        import torch

        kept = [self._remembered[text].float() for text in texts]
        hidden = torch.nn.utils.rnn.pad_sequence(kept, batch_first=True)
        lengths = torch.tensor([len(states) for states in kept])
        mask = (torch.arange(hidden.shape[1])[None, :] < lengths[:, None]).float()
        self._bert.train()
        # The weights stay in full precision; products in bfloat16 take three fifths of the time where the processor has
        # them (AVX-512 BF16), and five times as long where it lacks AVX-512.
        has_bfloat16 = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16):
            for layer in self._bert.encoder.layer[FROZEN_LAYERS:]:
                hidden = _first(layer(hidden, attention_mask=_additive(mask)))
        hidden = hidden.float()
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(mean, dim=1)


def _additive(mask: Any) -> Any:
    """A mask of ones and zeros as what is added to attention scores."""
    import torch

    return (1.0 - mask[:, None, None, :].float()) * torch.finfo(torch.float32).min


def _first(output: Any) -> Any:
    return output[0] if isinstance(output, tuple) else output
