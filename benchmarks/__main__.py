"""Run every benchmark and write benchmarks/README.md: `make bench`, or `make bench SIZES="1000 10000"`."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from assistant.answering import Assistant
from assistant.models import Question
from assistant.settings import load_settings
from benchmarks.growth import answer_times, percentile
from benchmarks.processes import PROJECT_DIR, Runs, alternate
from benchmarks.questions import HEADLINE
from corpus.library import load_added, shipped_documents
from corpus.models import Authority, Document
from index.embedding import load_embedder
from index.passages import passages
from index.store import Store

ROUNDS = 5
GUIDANCE = PROJECT_DIR.parent / "shared" / "guidance"
REAL_DOCUMENTS = (
    ("dfe-exclusion-2024-08", "dfe-suspension-permanent-exclusion-2024-08.txt"),
    ("dfe-behaviour-2024-02", "dfe-behaviour-in-schools-2024-02.txt"),
    ("dfe-kcsie-2025", "dfe-kcsie-2025-07-for-information.pdf"),
    ("kcsie-part-one", "dfe-kcsie-2025-09-part-one.pdf"),
    ("eyfs-2025", "dfe-eyfs-2025.pdf"),
)
HEADLINE_CLAUSES = {
    "the rationale is discussed with the Education Adviser": "cwsw/suspensions-and-exclusion/3",
    "alternatives are explored": "cwsw/suspensions-and-exclusion/4",
    "the Virtual School is contacted": "cwsw/suspensions-and-exclusion/8",
    "the methods used to avoid suspension": "cwsw/suspensions-and-exclusion/10",
    "the designated teacher contacts the VSH (paragraph 60)": "dfe-exclusion-2024-08/60",
    "the headteacher notifies social worker and VSH without delay (paragraph 78)": "dfe-exclusion-2024-08/78",
}
console = Console(stderr=True)


def main() -> None:
    sizes = [int(size) for size in os.environ.get("SIZES", "1000 10000 100000").split()]
    models = load_settings(dict(os.environ)).models
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        store = Store(data, load_embedder=lambda: load_embedder(model_dir=models))
        store.build(shipped_documents())
        rows += _headline(store)
        rows += _cold_start(data, models, Path(folder))
        rows += _embedding(store, Path(folder))
        rows += _real_guidance(store)
        rows += _growth(sizes, models, Path(folder))
    _write(rows)


def _headline(store: Store) -> list[tuple[str, str, str]]:
    console.print("headline question")
    answer = Assistant(store.searcher()).answer(Question(turns=(HEADLINE,)))
    cited = {citation.clause_id for citation in answer.citations}
    missing = [what for what, clause in HEADLINE_CLAUSES.items() if clause not in cited]
    found = f"{len(HEADLINE_CLAUSES) - len(missing)} of {len(HEADLINE_CLAUSES)}"
    return [
        ("headline question: clauses cited", found, f"missing: {'; '.join(missing)}" if missing else "none missing")
    ]


def _cold_start(data: Path, models: Path, folder: Path) -> list[tuple[str, str, str]]:
    console.print("process start to answer, against LlamaIndex's defaults")
    rival = folder / "rival"
    (rival / "texts").mkdir(parents=True)
    for document in shipped_documents():
        text = "\n\n".join(clause.full_text for clause in document.clauses if not clause.parent_id)
        (rival / "texts" / f"{document.id}.txt").write_text(text, "utf-8")
    script = [sys.executable, "-m", "benchmarks.llamaindex_default"]
    subprocess.run([*script, "build", str(rival)], cwd=PROJECT_DIR, check=True, capture_output=True)
    ours, theirs = alternate(
        [str(Path(sys.executable).with_name("assistant")), "ask", HEADLINE],
        [*script, "query", str(rival), HEADLINE],
        environment={"ASSISTANT_DATA_DIR": str(data), "ASSISTANT_MODEL_DIR": str(models)},
        rounds=ROUNDS,
    )
    return [
        _ratio_row("`assistant ask`, process start to printed answer", ours, theirs, "s"),
        _ratio_row("its peak memory", ours, theirs, "MB"),
    ]


def _ratio_row(what: str, ours: Runs, theirs: Runs, unit: str) -> tuple[str, str, str]:
    mine, other = (ours.seconds, theirs.seconds) if unit == "s" else (ours.megabytes, theirs.megabytes)
    ratio = statistics.median(a / b for a, b in zip(mine, other, strict=True))
    shown = ".2f" if unit == "s" else ".0f"
    return (
        what,
        f"{ratio:.2f} of LlamaIndex's default stack",
        f"{statistics.median(mine):{shown}} against {statistics.median(other):{shown}} {unit}, medians of {len(mine)}",
    )


def _embedding(store: Store, folder: Path) -> list[tuple[str, str, str]]:
    console.print("embedding rate")
    from llama_index.core import Document as LlamaDocument
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    from index.onnx_export import packaged_model_dir

    document = next(d for d in shipped_documents() if d.id == "dfe-exclusion-2024-08")
    texts = [p.text for p in passages(document, embedder=store.embedder, vocabulary=store.vocabulary)][:200]
    rival = IngestionPipeline(transformations=[HuggingFaceEmbedding(str(packaged_model_dir()))], disable_cache=True)
    nodes = [LlamaDocument(text=text) for text in texts]
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        store.embedder.embed_documents(texts)
        ours.append(len(texts) / (time.perf_counter() - started))
        started = time.perf_counter()
        rival.run(documents=nodes)
        theirs.append(len(texts) / (time.perf_counter() - started))
    ratio = statistics.median(a / b for a, b in zip(ours[1:], theirs[1:], strict=True))
    rates = f"{statistics.median(ours[1:]):.0f} against {statistics.median(theirs[1:]):.0f} a second"
    return [("embedding clauses", f"{ratio:.1f} times LlamaIndex's default ingestion", rates)]


def _real_guidance(store: Store) -> list[tuple[str, str, str]]:
    if not GUIDANCE.is_dir():
        return [("policy + digests + real guidance", "not measured", f"{GUIDANCE.name} is not beside the checkout")]
    console.print("adding the real guidance documents")
    seconds: dict[str, float] = {}
    for document_id, name in REAL_DOCUMENTS:
        started = time.perf_counter()
        store.add(_added(document_id, GUIDANCE / name))
        Assistant(store.searcher()).answer(Question(turns=(HEADLINE,)))
        seconds[name] = time.perf_counter() - started
    times = answer_times(Assistant(store.searcher()))
    clauses = store.record.counts()["clauses"]
    kcsie = seconds["dfe-kcsie-2025-07-for-information.pdf"]
    return [
        (
            "adding the 187-page KCSIE PDF, start to searchable",
            f"{kcsie:.1f} s",
            "read, parsed, embedded, written, asked",
        ),
        (
            f"one question, warm, {clauses:,} clauses (policy, digests, real guidance)",
            f"p95 {percentile(times, 95):.0f} ms",
            f"p50 {percentile(times, 50):.0f} ms, {len(times)} questions",
        ),
    ]


def _added(document_id: str, path: Path) -> Document:
    replaced = next((document for document in shipped_documents() if document.id == document_id), None)
    return load_added(path, document_id=document_id, authority=Authority.STATUTORY, replaces=replaced)


def _growth(sizes: Sequence[int], models: Path, folder: Path) -> list[tuple[str, str, str]]:
    rows = []
    for size in sizes:
        console.print(f"growth: {size:,} clauses")
        target = folder / f"growth-{size}"
        command = [sys.executable, "-m", "benchmarks.growth"]
        arguments = [str(size), str(models), str(target)]
        built = json.loads(_output([*command, "build", *arguments]))
        asked = json.loads(_output([*command, "ask", *arguments]))
        rows.append(
            (
                f"{size:,} synthetic clauses",
                f"p95 {asked['p95_ms']:.0f} ms",
                f"p50 {asked['p50_ms']:.0f} ms, {asked['peak_mb']:.0f} MB; built in {built['build_s']:.0f} s",
            )
        )
    return rows


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(
        command, cwd=PROJECT_DIR, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return done.stdout.strip().splitlines()[-1]


def _write(rows: Sequence[tuple[str, str, str]]) -> None:
    sha = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    table = "\n".join(f"| {what} | {value} | {detail} |" for what, value, detail in rows)
    text = f"""# Benchmarks

Measured by `make bench` on {dt.date.today():%d %B %Y}, commit {sha or "unknown"}, with {os.cpu_count()} cores and
Python {platform.python_version()}.
Machines are noisy: ratios are taken pair by pair within one run, the two commands in turn; other figures are medians
or percentiles of that run. `benchmarks/llamaindex_default.py` is the stack compared with.

| what | measured | detail |
|---|---|---|
{table}
"""
    (PROJECT_DIR / "benchmarks" / "README.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
