"""Whole processes, timed from outside: wall seconds and peak memory."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT_DIR = Path(__file__).parent.parent
_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Runs:
    """Seconds and MB of each run, in order."""

    seconds: tuple[float, ...]
    megabytes: tuple[float, ...]

    @property
    def median_seconds(self) -> float:
        return statistics.median(self.seconds)

    @property
    def median_megabytes(self) -> float:
        return statistics.median(self.megabytes)


def run_once(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run a command to its end; return its wall seconds and its peak memory in MB. Raises where it fails."""
    with tempfile.TemporaryFile() as output:
        before = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=PROJECT_DIR, env={**os.environ, **environment}, stdout=output, stderr=subprocess.DEVNULL
        )
        peak = 0.0
        while process.poll() is None:
            # Not wait4's figure: that starts from the memory of the process that started the command.
            peak = max(peak, peak_megabytes(process.pid))
            time.sleep(_POLL_SECONDS)
        seconds = time.perf_counter() - before
        if process.returncode or not output.tell():
            raise RuntimeError(f"{' '.join(command)} ended with status {process.returncode}")
    return seconds, peak


def peak_megabytes(pid: int | str = "self") -> float:
    """The peak memory of a process so far, as Linux keeps it; 0 where it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def alternate(
    first: Sequence[str], second: Sequence[str], *, environment: dict[str, str], rounds: int
) -> tuple[Runs, Runs]:
    """Both commands in turn after a warm-up of each, so that a drift of the machine touches both alike."""
    run_once(first, environment)
    run_once(second, environment)
    measured: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for _ in range(rounds):
        measured[0].append(run_once(first, environment))
        measured[1].append(run_once(second, environment))
    return tuple(Runs(tuple(s for s, _ in runs), tuple(m for _, m in runs)) for runs in measured)  # type: ignore[return-value]
