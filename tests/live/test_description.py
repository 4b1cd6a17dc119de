"""schemathesis over the OpenAPI description: no 5xx, nothing that the description does not promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.live.conftest import Server

# A question that is blank, or holds hidden characters, or names no school of the Trust fits its schema and is
# refused all the same: a JSON schema cannot say so.
_NOT_SAID_BY_A_SCHEMA = "positive_data_acceptance"


def test_the_api_keeps_to_its_description(server: Server, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.address}/openapi.json", "--no-color"]
    options = ["--max-examples", "40", "--seed", "4", "--exclude-checks", _NOT_SAID_BY_A_SCHEMA]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Tested: 9" in done.stdout
