"""Other people's measures, asked in their own environments: a script there prints JSON."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / ".venv-oracles"


def ask(oracle: str, *arguments: str, script: str) -> dict[str, float]:
    """Return what ``script``, beside this file, prints in the environment of ``oracle``.

    Without the environment the test is skipped, but in CI it fails: `make oracles` makes it.
    """
    python = ENVIRONMENTS / oracle / "bin" / "python"
    if not python.is_file():
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"the oracle {oracle} is not set up: make oracles")
    command = [str(python), "-W", "ignore", str(HERE / script), *arguments]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return dict(json.loads(told.stdout))
