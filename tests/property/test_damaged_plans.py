"""A plan whose text was damaged in any way: it is accepted, or refused with positions; never an exception."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaignflow.loading.plans import Reading, read_plan
from campaignflow.loading.reading import DEFAULT
from tests.support.small_plan import ISSUED

EXAMPLE = Path(__file__).parents[2] / "examples" / "lltweek2020"
TEXT = (EXAMPLE / "plan.yaml").read_text("utf-8")
LINES = TEXT.splitlines(keepends=True)
#: What a hand or an attacker may put in a plan.
ODD = [
    "2026-13-15", "!!int ''", "!!python/object:os.system x", "&a [*a]", "<<: *a", "{", "}", "[", "]", "- ", "? ", ": ",
    "'", '"', "|\n", ">\n", "#", "\t", "\x00", "\x85", "\u2028", "\u202e", "\ud7ff", "---\n", "...\n", "%TAG ! x\n",
    "on: yes", "none: true", "0205", "18:00", "1e9", ".inf", "~", "null", "true", "period", "../../etc/passwd",
    "9" * 400, "unfinished", "same", "[key]", "{none: false}", "{during: {from: 2200, to: 1900}}",
    "{within: {days: 3660, after: ket-thuc-tuan-le}}", "*", "&", "@", "`", "%", "\\", "𝔘", "e\u0301",
]  # fmt: skip
SECONDS = 5
"""How long one damaged plan of this size may take, on a slow machine that does other things."""


def read(text: str | bytes) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        for name in ("contacts.csv", "plan-2020.txt"):
            (Path(folder) / name).write_bytes((EXAMPLE / name).read_bytes())
        began = time.perf_counter()
        reading = read_plan(path)
        assert time.perf_counter() - began < SECONDS
        return reading


def sound(reading: Reading) -> None:
    """What holds of every reading: refused with a reason, and every finding can be shown and has a place."""
    assert reading.plan is not None or reading.errors
    assert len(reading.findings) <= DEFAULT.findings + 1
    for finding in reading.findings:
        assert finding.file and finding.line and finding.column, finding
        assert finding.message and finding.cure
        assert str(finding).isprintable()


line = st.integers(0, len(LINES) - 1)
place = st.integers(0, len(TEXT) - 1)


@given(line, line, st.sampled_from(["delete", "double", "swap", "indent", "dedent", "cut"]))
def test_a_plan_with_a_line_damaged_is_read_or_refused_with_a_place(first: int, second: int, damage: str):
    """A5: a line is lost, there twice, elsewhere, moved, or is the last."""
    lines = list(LINES)
    if damage == "delete":
        del lines[first]
    elif damage == "double":
        lines.insert(second, lines[first])
    elif damage == "swap":
        lines[first], lines[second] = lines[second], lines[first]
    elif damage == "indent":
        lines[first] = "  " + lines[first]
    elif damage == "dedent":
        lines[first] = lines[first].lstrip()
    else:
        del lines[first:]
    sound(read("".join(lines)))


@given(place, st.integers(0, 40), st.one_of(st.sampled_from(ODD), st.text(max_size=12)))
def test_a_plan_with_characters_damaged_is_read_or_refused_with_a_place(at: int, length: int, new: str):
    """A5: some characters are taken out and others put in their place."""
    sound(read(TEXT[:at] + new + TEXT[at + length :]))


@given(st.integers(0, 2**32 - 1), st.integers(2, 30))
def test_a_plan_damaged_in_many_places_is_read_or_refused_with_a_place(seed: int, times: int):
    """A5: odd values stand where others stood."""
    chance = random.Random(seed)
    words = TEXT.split(" ")
    for _ in range(times):
        words[chance.randrange(len(words))] = chance.choice([*ODD, chance.choice(words)])
    sound(read(" ".join(words)))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_with_a_place(content: bytes):
    """A5: what lies there need not be text at all."""
    sound(read(content))


@given(st.text(max_size=300))
@example("a: &a [*a]")
@example("{" * 100)
@example("- " * 5000)
@example("? " * 5000)
@example("a: &a {b: &b [x, x]}\nc: [*a, *a, *b]")
def test_any_text_is_read_or_refused_with_a_place(content: str):
    """A5: nor a plan."""
    sound(read(content))


@given(st.integers(0, len(ISSUED) - 1), st.integers(0, 2000), st.text(max_size=20))
def test_a_damaged_source_is_compared_all_the_same(at: int, length: int, new: str):
    """A5: the document as issued comes from elsewhere too."""
    source = (EXAMPLE / "plan-2020.txt").read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("plan.yaml", "contacts.csv"):
            (Path(folder) / name).write_bytes((EXAMPLE / name).read_bytes())
        text = source[:at] + new + source[at + length :]
        (Path(folder) / "plan-2020.txt").write_text(text, "utf-8", newline="")
        sound(read_plan(Path(folder) / "plan.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"k{n}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(10)), id="aliases"),
        pytest.param(TEXT.replace("  roster_on: 2020", "  x: 2020").replace("  period: {", "  y: {"),
                     id="no day for the roster"),
        pytest.param("plan: " + "[" * 100_000, id="depth"),
        pytest.param("agencies:\n" + "".join(f"  x{n}: {{name: x, under: x{n + 1}}}\n" for n in range(5_000)),
                     id="a long chain of superiors"),
        pytest.param(TEXT.replace("assigned_to: so-gddt", "assigned_to: [" + "so-gdd, " * 20_000 + "]"),
                     id="many unknown ids"),
        pytest.param(TEXT + "".join(f"  - {{id: x{n}, kind: duty, text: {'từ ' * 50}}}\n" for n in range(3_000)),
                     id="many clauses that nothing covers"),
    ],
)  # fmt: skip
def test_a_plan_written_to_cost_time_is_refused_in_bounded_time(text: str):
    """A5: caps hold before the work is done."""
    reading = read(text)
    sound(reading)
    assert reading.errors
