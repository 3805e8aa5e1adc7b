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
from harness import ROUNDS, Row, interleave, table

from campaignflow.loading.csvtext import read_csv
from campaignflow.loading.yamltext import parse_yaml

UNITS = 10_000
ROWS = 65_000


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measures reading; the first row carries the target of the release."""
    return [*_yaml_rows(_units(), rounds), _csv_row(_roster(), rounds)]


def _units() -> str:
    lines = (f"  u{n:05}: {{name: Xã số {n}, kind: commune, under: d{n % 700:03}}}\n" for n in range(UNITS))
    return "agencies:\n" + "".join(lines)


def _roster() -> str:
    return "id,name,kind,under\n" + "".join(
        f"u{n:05},Ủy ban nhân dân xã số {n},commune,d{n % 700:03}\n" for n in range(ROWS)
    )


def _yaml_rows(text: str, rounds: int) -> list[Row]:
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
        },
        rounds=rounds,
    )
    return [
        Row(case=f"YAML, {UNITS:,} units with positions", ours=seconds["ours"], peer=seconds["peer"],
            against="yaml.CSafeLoader, without", floor=seconds["floor"], target=1.0,
            others={"yaml.CSafeLoader, its collector paused": seconds["paused"]}),
    ]  # fmt: skip


def _csv_row(text: str, rounds: int) -> Row:
    raw = text.encode()
    seconds = interleave(
        {
            "ours": lambda: read_csv(raw, file="roster.csv", required=("id", "name"), optional=("kind", "under")).rows,
            "peer": lambda: list(csv.DictReader(io.StringIO(text, newline=""))),
            "floor": lambda: list(csv.reader(io.StringIO(text, newline=""))),
        },
        rounds=rounds,
    )
    return Row(
        case=f"CSV, {ROWS:,} rows with positions", ours=seconds["ours"], peer=seconds["peer"],
        against="list(csv.DictReader), without", floor=seconds["floor"], target=1.5,
    )  # fmt: skip


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
