"""Whole processes, timed from outside: wall seconds and peak memory."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT_DIR = Path(__file__).parent.parent


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
    before = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=PROJECT_DIR, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not output.strip():
        raise RuntimeError(
            f"{' '.join(command)} ended with status {process.returncode} and printed {len(output)} bytes"
        )
    return seconds, usage.ru_maxrss / 1024


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


def own_peak_megabytes() -> float:
    """The peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
