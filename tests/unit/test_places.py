"""On what kind of file system a path lies, by the kernel's table of mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaignflow.store import places
from campaignflow.store.errors import StoreOnNetwork
from campaignflow.store.opening import open_store
from campaignflow.store.places import file_system, is_network, refuse_network

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:21 / /proc rw - proc proc rw
24 22 0:40 / /srv/shared rw shared:5 master:1 - nfs4 server:/export rw,vers=4.2
25 24 8:3 / /srv/shared/disk rw - xfs /dev/sdb1 rw
26 22 0:41 / /srv/with\\040a\\040space\\134 rw - cifs //server/share rw
27 22 0:42 / /data/lan/far rw - fuse.sshfs lan@server: rw
28 22 0:43 / /data/lan/near rw - fuse.gocryptfs /data/lan/.near rw
29 22 8:4 / /mnt/over rw - ext4 /dev/sdc1 rw
30 29 0:44 / /mnt/over rw - 9p share rw
not a line of the table
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/data/lan/campaign.db", "ext4"),
        ("/srv/shared/campaign.db", "nfs4"),
        ("/srv/shared", "nfs4"),
        ("/srv/shared-not/campaign.db", "ext4"),
        ("/srv/shared/disk/deep/campaign.db", "xfs"),
        ("/srv/with a space\\/campaign.db", "cifs"),
        ("/data/lan/far/x.db", "fuse.sshfs"),
        ("/data/lan/near/x.db", "fuse.gocryptfs"),
        ("/mnt/over/x.db", "9p"),
        ("/srv/shared/../x.db", "ext4"),
    ],
)
def test_the_longest_mount_point_wins_and_of_two_at_one_place_the_last(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_a_link_is_followed_to_where_the_file_would_be(tmp_path: Path) -> None:
    far = tmp_path / "far"
    far.mkdir()
    (tmp_path / "link").symlink_to(far)
    mounts = f"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / {far} rw - nfs server:/x rw\n"

    assert file_system(tmp_path / "link" / "not-there" / "x.db", mounts) == "nfs"
    assert file_system(tmp_path / "x.db", mounts) == "ext4"


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "afs", "lustre", "ceph", "fuse.sshfs", "davfs"])
def test_what_several_machines_can_mount_is_a_network_file_system(kind: str) -> None:
    assert is_network(kind)


@pytest.mark.parametrize(
    "kind", ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs", "fuseblk", "fuse.gocryptfs", "fuse"]
)
def test_what_one_machine_alone_has_is_none(kind: str) -> None:
    assert not is_network(kind)


def test_a_database_on_one_is_refused_with_the_cure() -> None:
    with pytest.raises(StoreOnNetwork) as caught:
        refuse_network(Path("/srv/shared/campaign.db"), MOUNTS)
    assert "nfs4" in caught.value.text()
    assert "PostgreSQL" in caught.value.advice()


@pytest.mark.parametrize("mounts", ["", "1 0 8:1 / /elsewhere rw - nfs server:/x rw\n"])
def test_where_it_cannot_be_told_nothing_is_refused(mounts: str) -> None:
    assert file_system(Path("/srv/x.db"), mounts) is None
    refuse_network(Path("/srv/x.db"), mounts)


def test_a_system_without_the_table_cannot_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOUNTS", str(tmp_path / "none"))

    assert file_system(tmp_path / "x.db") is None


def test_opening_a_database_asks_and_makes_nothing_where_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(f"1 0 0:1 / {tmp_path} rw - nfs server:/x rw\n")
    monkeypatch.setattr(places, "MOUNTS", str(table))

    with pytest.raises(StoreOnNetwork):
        open_store(f"sqlite:///{tmp_path / 'new' / 'campaign.db'}", create=True)
    assert not (tmp_path / "new").exists()
