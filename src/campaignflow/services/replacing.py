"""Several files replaced together, or none of them."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from campaignflow.errors import CampaignflowError
from campaignflow.services.errors import FileUnusable


class FileMovedOn(CampaignflowError):
    """A file is no longer what was read."""

    code = "file-moved-on"
    message = "{file} was changed by somebody else meanwhile."
    cure = "Look at the change, then run the command again; nothing was written."


def replace_files(folder: Path, contents: Mapping[str, bytes], before: Mapping[str, bytes]) -> None:
    """Puts other contents in place of files; the folder is made if it is not there.

    Everything is written beside the files and brought to the disk first; then each takes its place by one renaming.
    If a renaming fails, those before it are undone. (Between two renamings the power may fail: the files written
    beside them, `.campaignflow-…`, then still hold the rest.)

    Args:
        folder: where they are.
        contents: what they shall hold, by their names.
        before: what they held when they were read; a file that is not named here must not be there.

    Raises:
        FileMovedOn: a file holds something else.
        FileUnusable: the folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=".campaignflow-", dir=folder))
    except OSError as error:
        raise FileUnusable(file=str(folder), detail=error.strerror or str(error)) from None
    try:
        for name, content in contents.items():
            _refuse_other(folder / name, before.get(name))
            _written(room / f"new-{name}", content)
            if name in before:
                shutil.copy2(folder / name, room / f"old-{name}")
                shutil.copymode(folder / name, room / f"new-{name}")
        _put_in_place(folder, room, list(contents))
    except OSError as error:
        raise FileUnusable(file=str(error.filename or folder), detail=error.strerror or str(error)) from None
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _refuse_other(path: Path, content: bytes | None) -> None:
    held = path.read_bytes() if path.exists() else None
    if held != content:
        raise FileMovedOn(file=str(path))


def _written(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(folder: Path, room: Path, names: list[str]) -> None:
    done: list[str] = []
    try:
        for name in names:
            os.replace(room / f"new-{name}", folder / name)
            done.append(name)
    except OSError:
        for name in reversed(done):
            _undo(folder / name, room / f"old-{name}")
        raise


def _undo(path: Path, old: Path) -> None:
    with contextlib.suppress(OSError):
        if old.exists():
            os.replace(old, path)
        else:
            path.unlink()
