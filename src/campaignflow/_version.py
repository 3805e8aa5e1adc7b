"""The version, in a module of its own so that `--version` costs nothing."""

from __future__ import annotations

__version__ = "0.3.0"
