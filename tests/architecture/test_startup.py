"""What may not be loaded before a command needs it: it would be paid on every start."""

from __future__ import annotations

import subprocess
import sys

import pytest

LATE = ("defusedxml", "holidays", "openpyxl", "pluggy", "pydantic", "rich", "transitions", "xlsxwriter", "yaml")


@pytest.mark.parametrize("module", ["campaignflow", "campaignflow.cli"])
def test_importing_it_loads_nothing_that_only_some_commands_need(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert sorted(loaded & set(LATE)) == []
