"""Commands run as users run them: a process each, its output thrown away, bytecode written and used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

BIN = Path(sysconfig.get_path("scripts"))
"""Where the commands of the environment that measures are installed."""

_STUB = """#!{python}
import sys
from bare_click import main
if __name__ == "__main__":
    sys.exit(main())
"""


def environment(home: Path) -> dict[str, str]:
    """What the processes see: an empty home, no settings of Python's or of ours from outside."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "TZ", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8"}


def command(arguments: Sequence[str | Path], env: Mapping[str, str]) -> Callable[[], None]:
    """A call that runs a process to its end.

    Raises (when called):
        SystemExit: the process failed; its figure would mean nothing.
    """
    words = [str(word) for word in arguments]
    quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]

    def run() -> None:
        child = os.posix_spawn(words[0], words, env, file_actions=quiet)
        if status := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            raise SystemExit(f"{' '.join(words)} ended with {status}")

    return run


_PEAK = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"""


def peak_memory(arguments: Sequence[str | Path], env: Mapping[str, str]) -> float:
    """The most memory that a process held at once, in megabytes (1,000,000 bytes), as the kernel counted it (Linux).

    It is started by a small process of its own: one that is started by a large process is counted as large as that.

    Raises:
        subprocess.CalledProcessError: the process failed.
    """
    words = [sys.executable, "-c", _PEAK, *(str(word) for word in arguments)]
    kibibytes = subprocess.run(words, env=dict(env), check=True, stdout=subprocess.PIPE, text=True).stdout
    return int(kibibytes) * 1024 / 1e6


def bare_click(folder: Path) -> Path:
    """An installed program that is nothing but click: a script and a module, as an installer would lay them down."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).parent / "peers" / "bare_click.py", folder)
    script = folder / "bare"
    script.write_text(_STUB.format(python=sys.executable), encoding="utf-8")
    script.chmod(0o755)
    return script
