"""Who may import whom. The contracts themselves are in pyproject.toml, under `tool.importlinter`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_every_import_keeps_to_the_layers(root: Path) -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
