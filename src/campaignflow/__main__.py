"""Where the `campaignflow` command and `python -m campaignflow` begin."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command line on the arguments of the process and gives its exit code.

    A bare `--version` is answered before anything else is imported: scripts and packagers ask it, often and first.
    """
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from campaignflow._version import __version__

        sys.stdout.write(f"campaignflow {__version__}\n")
        return 0
    from campaignflow.cli.app import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
