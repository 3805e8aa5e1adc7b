"""Where a database file lies: SQLite may not be used over a network.

SQLite's locks and the shared memory of its WAL hold only among the processes of one machine: "all processes using a
database must be on the same host computer; WAL does not work over a network filesystem" (https://sqlite.org/wal.html).
So the type of the file system is looked up in the kernel's table of mounts (`/proc/self/mountinfo`, proc(5)).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from campaignflow.store.errors import StoreOnNetwork

MOUNTS = "/proc/self/mountinfo"
"""The kernel's table of what is mounted where; a system without one cannot be asked."""

NETWORK = frozenset({
    "nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "9p", "afs", "coda", "lustre", "ceph", "glusterfs",
    "beegfs", "gpfs", "orangefs", "pvfs2", "davfs", "gfs2", "ocfs2", "vboxsf", "prl_fs", "acfs",
})  # fmt: skip
"""Types of file systems that several machines can have mounted at once."""

NETWORK_FUSE = frozenset({
    "sshfs", "glusterfs", "ceph", "ceph-fuse", "s3fs", "s3ql", "goofys", "gcsfuse", "rclone", "davfs", "davfs2",
    "wdfs", "curlftpfs", "smbnetfs", "juicefs", "mfs", "moosefs", "seaweedfs", "blobfuse", "blobfuse2", "afuse",
    "vmhgfs-fuse", "onedriver", "google-drive-ocamlfuse", "gvfsd-fuse", "mount-s3", "cvmfs2", "lizardfs", "httpfs2",
})  # fmt: skip
"""The same of those that a program serves (`fuse.NAME`); others of these are as local as their program makes them."""

_ESCAPED = re.compile(r"\\([0-7]{3})")


def refuse_network(path: Path, mounts: str | None = None) -> None:
    """Refuses a database file on a network file system; does nothing where that cannot be told.

    Args:
        path: the file; neither it nor its folder need be there.
        mounts: the table of mounts; by default the kernel's.

    Raises:
        StoreOnNetwork: it is on one.
    """
    kind = file_system(path, mounts)
    if kind is not None and is_network(kind):
        raise StoreOnNetwork(database=str(path), kind=kind)


def is_network(kind: str) -> bool:
    """Whether file systems of this type are shared between machines."""
    name, _, program = kind.partition(".")
    return name in NETWORK or (name == "fuse" and program in NETWORK_FUSE)


def file_system(path: Path, mounts: str | None = None) -> str | None:
    """The type of the file system on which a path lies, such as `ext4` or `fuse.sshfs`; None: it cannot be told.

    The longest mount point that the path is under wins, and of several at one place the last, which hides the others.

    Args:
        path: what to look for; links in it are followed, and what is not there yet counts as below what is.
        mounts: the table of mounts; by default the kernel's.
    """
    if mounts is None:
        mounts = _table()
    if not mounts:
        return None
    place = os.path.realpath(path)
    longest, found = -1, None
    for line in mounts.splitlines():
        fields, _, about = line.partition(" - ")
        words = fields.split(" ")
        if len(words) < 5 or not about:
            continue
        point = words[4]
        if "\\" in point:
            point = _ESCAPED.sub(lambda match: chr(int(match[1], 8)), point)
        if len(point) >= longest and _is_under(place, point):
            longest, found = len(point), about.split(" ", 1)[0]
    return found


def _is_under(place: str, point: str) -> bool:
    return place == point or place.startswith(point if point.endswith("/") else point + "/")


def _table() -> str:
    try:
        with open(MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""
