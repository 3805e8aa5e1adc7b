"""Ten thousand units read from YAML with positions, against PyYAML's C loader, which keeps none.

    python benchmarks/yaml_compose.py

Peer: `yaml.load(text, Loader=yaml.CSafeLoader)`. Floor: libyaml's events drained and thrown away. The collector of
Python runs as it does by default; ours pauses it while it builds, and a line shows the peer with it paused, too. For
tables, the peer is `list(csv.DictReader(…))` over text already decoded, the floor `list(csv.reader(…))`.
"""

from __future__ import annotations

import csv
import gc
import io

import yaml
from harness import Row, interleave, table

from campaignflow.loading.csvtext import read_csv
from campaignflow.loading.yamltext import parse_yaml

UNITS = 10_000
ROWS = 65_000


def run() -> list[Row]:
    """Measures reading; the first row carries the target of the release."""
    return [*_yaml_rows(_units()), _csv_row(_roster())]


def _units() -> str:
    lines = (f"  u{n:05}: {{name: Xã số {n}, kind: commune, under: d{n % 700:03}}}\n" for n in range(UNITS))
    return "agencies:\n" + "".join(lines)


def _roster() -> str:
    return "id,name,kind,under\n" + "".join(
        f"u{n:05},Ủy ban nhân dân xã số {n},commune,d{n % 700:03}\n" for n in range(ROWS)
    )


def _yaml_rows(text: str) -> list[Row]:
    raw = text.encode()
    parsed = parse_yaml(raw, file="plan.yaml")
    if not parsed.ok or parsed.data != yaml.load(text, Loader=yaml.CSafeLoader):
        raise SystemExit("ours and the peer read different things; the comparison would mean nothing")
    seconds = interleave(
        {
            "ours": lambda: parse_yaml(raw, file="plan.yaml"),
            "peer": lambda: yaml.load(text, Loader=yaml.CSafeLoader),
            "paused": lambda: _peer_paused(text),
            "floor": lambda: _drain(text),
        }
    )
    ours, floor = seconds["ours"], seconds["floor"]
    return [
        Row(case=f"YAML, {UNITS:,} units", ours=ours, peer=seconds["peer"], floor=floor, target=1.0),
        Row(case="the same, peer's collector paused", ours=ours, peer=seconds["paused"], floor=floor),
    ]


def _csv_row(text: str) -> Row:
    raw = text.encode()
    seconds = interleave(
        {
            "ours": lambda: read_csv(raw, file="roster.csv", required=("id", "name"), optional=("kind", "under")),
            "peer": lambda: list(csv.DictReader(io.StringIO(text, newline=""))),
            "floor": lambda: list(csv.reader(io.StringIO(text, newline=""))),
        }
    )
    return Row(
        case=f"CSV, {ROWS:,} rows", ours=seconds["ours"], peer=seconds["peer"], floor=seconds["floor"], target=1.5
    )


def _peer_paused(text: str) -> object:
    gc.disable()
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    finally:
        gc.enable()


def _drain(text: str) -> None:
    get_event = yaml.CSafeLoader(text).get_event
    while get_event() is not None:
        pass


if __name__ == "__main__":
    print(table(run()))
