"""Importers of recorded loads: columns, windows, interpolation, and messages."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.files.left_out import SourceWarning
from optkit.sync.instance import SyncInstance

MACHINE_USAGE = """\
m_1,0,10,92,,,43,33,5
m_1,30,20,92,,,43,33,5
m_1,120,50,92,,,43,33,5
m_1,100,101,92,,,43,33,5
m_1,180,-1,92,,,43,33,5
m_1,240,,92,,,43,33,5
m_1,300,50,92,,,43,33,5
m_2,60,5,92,,,43,33,5
m_2,360,8,92,,,43,33,5
m_3,5000,5,92,,,43,33,5
m_3,5600,8,92,,,43,33,5
"""

HEADING = ";\t".join(
    [
        "Timestamp [ms]", "CPU cores", "CPU capacity provisioned [MHZ]",
        "CPU usage [MHZ]", "CPU usage [%]", "Memory capacity provisioned [KB]",
        "Memory usage [KB]", "Disk read throughput [KB/s]",
        "Disk write throughput [KB/s]", "Network received throughput [KB/s]",
        "Network transmitted throughput [KB/s]",
    ]
)  # fmt: skip


def bitbrains(*rows: tuple[float, float]) -> str:
    """Return a published Bitbrains file of times and CPU percentages."""
    lines = [
        ";\t".join(map(str, (when, 2, 5e3, 87.7, load, 8e6, 1e6, 0.1, 0.2, 0.3, 0.4)))
        for when, load in rows
    ]
    return "\n".join([HEADING, *lines])


NAB = """\
timestamp,value
2014-02-14 14:27:00,51.5
2014-02-14 14:32:00,44.5
2014-02-14 14:42:00,40.5
"""


def written(folder: Path, text: str, name: str = "series.csv") -> Path:
    """Return a file with ``text`` in it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def taken(form: str, path: Path, **options: Any) -> SyncInstance:
    """Return what is imported, small unless it is asked for otherwise."""
    settings = {"routers": 2, "devices": 1, "slots": 3, **options}
    instance = optkit.import_instance(form, path, **settings)
    assert isinstance(instance, SyncInstance)
    return instance


def loads(instance: SyncInstance) -> list[tuple[float, ...]]:
    """Return the devices' series."""
    return [device.load_percent for device in instance.devices]


def test_machine_usage_is_interpolated_between_valid_samples(tmp_path: Path) -> None:
    """Invalid samples are skipped, and the others interpolated linearly."""
    path = written(tmp_path, MACHINE_USAGE)
    instance = taken("alibaba-usage", path, slots=6)
    assert loads(instance) == [(10.0, 30.0, 50.0, 50.0, 50.0, 50.0)]
    assert instance.devices[0].id == "m_1"
    assert instance.slot_seconds == 60.0
    assert "empty, -1 or 101 (3)" in instance.provenance
    assert "interpolated linearly to a grid of 60 s" in instance.provenance


def test_machines_share_one_clock(tmp_path: Path) -> None:
    """Slot 0 is the first moment that all chosen machines cover."""
    path = written(tmp_path, MACHINE_USAGE)
    instance = taken("alibaba-usage", path, machines="m_2, m_1", slots=5)
    assert [device.id for device in instance.devices] == ["m_2", "m_1"]
    assert [device.router for device in instance.devices] == ["r0", "r1"]
    # Both from 60 s on: m_1 is at 30, m_2 starts there.
    assert loads(instance) == [
        (5.0, 5.6, 6.2, 6.8, 7.4),
        (30.0, 50.0, 50.0, 50.0, 50.0),
    ]
    assert "Slot 0 is at 60 s" in instance.provenance
    assert len(instance.links) == 2


def test_gaps_are_not_bridged(tmp_path: Path) -> None:
    """No window spans a gap that is too long."""
    text = bitbrains(
        (0, 1), (300, 2), (600, 3), (9000, 7), (9300, 8), (9600, 9), (9900, 9)
    )
    path = written(tmp_path, text, "7.csv")
    assert loads(taken("bitbrains", path)) == [(1.0, 2.0, 3.0)]
    later = taken("bitbrains", path, slots=4)
    assert loads(later) == [(7.0, 8.0, 9.0, 9.0)]
    assert later.devices[0].id == "7"
    with pytest.raises(UsageError, match=r"begin_s.*9000 is the first begin that does"):
        taken("bitbrains", path, slots=4, begin_s=300.0)
    bridged = taken("bitbrains", path, slots=4, begin_s=300.0, max_gap_s=1e4)
    assert loads(bridged)[0][:2] == (2.0, 3.0)
    with pytest.raises(UsageError, match=r"at most 900 s together.*raise max_gap_s"):
        taken("bitbrains", path, slots=5)


def test_slots_may_be_of_any_length(tmp_path: Path) -> None:
    """Slots may be shorter than the step of the source."""
    path = written(tmp_path, bitbrains((0, 0), (300, 30), (600, 0)), "7.csv")
    instance = taken("bitbrains", path, slots=5, slot_seconds=150.0)
    assert loads(instance) == [(0.0, 15.0, 30.0, 15.0, 0.0)]
    assert instance.slot_seconds == 150.0


def test_bitbrains_files_tables_and_milliseconds(tmp_path: Path) -> None:
    """A folder of published files and a table give the same loads."""
    folder = tmp_path / "rnd"
    folder.mkdir()
    begin = 1_376_314_846
    rows = [(begin + 300 * k, 10.0 + k) for k in range(3)]
    written(folder, bitbrains(*rows), "1.csv")
    late = bitbrains(*((1e3 * when, 2 * load) for when, load in rows))
    (folder / "2.csv.gz").write_bytes(gzip.compress(late.encode()))
    from_files = taken("bitbrains", folder, devices=2)
    assert [device.id for device in from_files.devices] == ["1", "2"]
    table = "time_s,vm1,vm2\n0,10.0,20\n300,,22\n600,12.0,24\n"
    from_table = taken("bitbrains", written(tmp_path, table), devices=2)
    assert (
        loads(from_files)
        == loads(from_table)
        == [(10.0, 11.0, 12.0), (20.0, 22.0, 24.0)]
    )
    assert "empty cells (1)" in from_table.provenance
    # Of a folder, no more files are read than are asked for.
    written(folder, "nonsense\n", "3.csv")
    assert loads(taken("bitbrains", folder, machines="2")) == [(20.0, 22.0, 24.0)]


def test_planetlab_files_and_table(tmp_path: Path) -> None:
    """Files with one number per line and a table give the same loads."""
    folder = tmp_path / "20110303"
    folder.mkdir()
    written(folder, "24\n34\n29\n", "host_a_example_org")
    written(folder, "1\n2\n3\n", "host_b_example_org")
    from_files = taken("planetlab", folder, devices=2)
    assert [device.id for device in from_files.devices][1] == "host_b_example_org"
    table = written(tmp_path, "step,vm0,vm1\n0,24,1\n1,34,2\n2,29,3\n")
    from_table = taken("planetlab", table, devices=2)
    assert (
        loads(from_files) == loads(from_table) == [(24.0, 34.0, 29.0), (1.0, 2.0, 3.0)]
    )
    assert from_files.slot_seconds == 300.0


def test_nab_series_count_from_their_own_begin(tmp_path: Path) -> None:
    """Series of different dates are laid over each other, and the provenance says so."""
    folder = tmp_path / "nab"
    folder.mkdir()
    written(folder, NAB, "a.csv")
    written(folder, NAB.replace("02-14", "03-02").replace("51.5", "0.5"), "b.csv")
    instance = taken("nab", folder, devices=2, slots=4)
    assert loads(instance) == [(51.5, 44.5, 42.5, 40.5), (0.5, 44.5, 42.5, 40.5)]
    assert "from the begin of each" in instance.provenance
    alone = taken("nab", folder, machines="b")
    assert "from the begin of each" not in alone.provenance


def test_settings_of_the_mesh_reach_the_instance(tmp_path: Path) -> None:
    """Options of the mesh are in the instance, and hops depend on the seed."""
    path = written(tmp_path, MACHINE_USAGE)
    settings = {"transmit": 2, "weight_cost": 3.0, "error": "true", "routers": 4}
    instance = taken("alibaba-usage", path, machines="m_1,m_2", slots=5, **settings)
    assert instance.devices[0].transmit_slots == 2
    assert instance.weights.cost == 3.0
    assert instance.reading.error == "true"
    assert len(instance.links) == 2 * 3
    hops = [
        [link.hops for link in taken("alibaba-usage", path, seed=s, routers=9).links]
        for s in (1, 1, 2)
    ]
    assert hops[0] == hops[1] != hops[2]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("alibaba-usage", "m_1,soon,4,,,,,,\n", ["line 1, column 2 (time_", "'soon'"]),
        ("alibaba-usage", "m_1,5,150,,,,,,\n", ["column 3", "'150'", "0 and 100 percent"]),
        ("alibaba-usage", ",5,50,,,,,,\n", ["column 1 (machine_id)", "empty"]),
        ("alibaba-usage", "m_1,5,50\n", ["3 columns", "have 9"]),
        ("alibaba-usage", "m_1,5,-1,,,,,,\n", ["no line holds a load"]),
        ("bitbrains", f"{HEADING}\n5;1;1;1;much;1;1;1;1;1;1\n", ["line 2", "'much'"]),
        ("bitbrains", f"{HEADING}\n5;1;1;1;-2;1;1;1;1;1;1\n", ["line 2", "'-2'"]),
        ("bitbrains", "5,4\n", ["line 1", "2 columns", "have 11"]),
        ("bitbrains", "time_s,vm1\n0,1,2\n", ["line 2", "3 columns", "have 2"]),
        ("bitbrains", "time_s,vm1\n0,x\n", ["line 2, column 2 (vm1)", "'x'"]),
        ("planetlab", "4\nfour\n", ["line 2, column 1", "'four'"]),
        ("planetlab", "step,vm0\nx,3\n", ["line 2, column 1 (step)", "'x'"]),
        ("nab", "timestamp,value\nnoon,3\n", ["line 2, column 1 (timestamp)", "'noon'"]),
        ("nab", "timestamp,value\n2014-02-14 14:27:00,1e9\n", ["column 2 (value)"]),
        ("nab", "timestamp,value\n", ["no line holds a load"]),
    ],
)  # fmt: skip
def test_malformed_series_is_explained(
    form: str, text: str, expected: list[str], tmp_path: Path
) -> None:
    """Messages name the file, line, column and value, and a remedy."""
    path = written(tmp_path, text)
    with pytest.raises(InvalidFileError) as caught:
        taken(form, path)
    for part in (str(path), *expected):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"machines": "m_7"}, r"unknown machine 'm_7'. Did you mean 'm_"),
        ({"machines": "m_1,m_1"}, "or one twice"),
        ({"machines": " , "}, "names none"),
        ({"devices": 4}, "the source has 3 machines"),
        ({"machines": "m_1,m_3"}, "at most 0 s together"),
    ],
)
def test_too_much_to_ask(
    options: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    """More machines or slots than the source has are refused."""
    with pytest.raises(UsageError, match=expected):
        taken("alibaba-usage", written(tmp_path, MACHINE_USAGE), **options)


def test_a_first_line_may_count_the_samples(tmp_path: Path) -> None:
    """A PlanetLab file may begin with the number of its samples; a wrong one is said."""
    path = written(tmp_path, "#3\n10\n11\n12\n", "vm_a")
    assert loads(taken("planetlab", path)) == [(10.0, 11.0, 12.0)]
    path = written(tmp_path, "#9\n10\n11\n12\n", "vm_b")
    with pytest.warns(SourceWarning, match="counts 9 samples, 3 follow"):
        assert loads(taken("planetlab", path)) == [(10.0, 11.0, 12.0)]


def test_defaults_take_what_is_there(tmp_path: Path) -> None:
    """Five devices are a default: a folder with one machine gives one."""
    folder = tmp_path / "folder"
    folder.mkdir()
    written(folder, bitbrains((0, 1), (300, 2), (600, 3)), "1.csv")
    instance = optkit.import_instance("bitbrains", folder)
    assert isinstance(instance, SyncInstance)
    assert loads(instance) == [(1.0, 2.0, 3.0)]
    later = optkit.import_instance("bitbrains", folder, begin_s=200.0, max_gap_s=300.0)
    assert isinstance(later, SyncInstance)
    assert len(loads(later)[0]) == 2
    with pytest.raises(UsageError, match="5 are asked for"):
        optkit.import_instance("bitbrains", folder, devices=5)
    with pytest.raises(UsageError, match="300 slots"):
        optkit.import_instance("bitbrains", folder, slots=300)


def test_what_is_dropped_is_counted(tmp_path: Path) -> None:
    """Repeated times and empty loads stand in the provenance and in a warning."""
    text = NAB + "2014-02-14 14:42:00,99.5\n2014-02-14 14:47:00,\n"
    with pytest.warns(SourceWarning, match=r"samples without a load \(1\)"):
        instance = taken("nab", written(tmp_path, text))
    assert "further samples of a machine at the same time (1)" in instance.provenance
    assert loads(instance)[0] == (51.5, 44.5, 42.5)
    row = "600;2;5;8;;8;1;0;0;0;0"
    text = bitbrains((0, 1), (300, 2), (300, 2), (900, 4)) + f"\n{row}"
    instance = taken("bitbrains", written(tmp_path, text))
    assert "samples without a load (1)" in instance.provenance
    assert "at the same time (1)" in instance.provenance


def test_offsets_of_time_are_applied(tmp_path: Path) -> None:
    """Times of one series may have different offsets, but all or none have one."""
    text = (
        "timestamp,value\n2014-02-14T14:27:00Z,1\n2014-02-14T15:32:00+01:00,2\n"
        "2014-02-14T14:37:00.000+00:00,3\n"
    )
    assert loads(taken("nab", written(tmp_path, text))) == [(1.0, 2.0, 3.0)]
    mixed = written(tmp_path, text + "2014-02-14 14:42:00,4\n")
    with pytest.raises(InvalidFileError, match="no offset from UTC, line 2"):
        taken("nab", mixed)


@pytest.mark.parametrize("word", ["1_0", "nan", "inf", "٣", "0x1"])
def test_lenient_numbers_are_refused(word: str, tmp_path: Path) -> None:
    """Only decimal digits make a number."""
    for form, text in (
        ("planetlab", f"{word}\n"),
        ("nab", f"2014-02-14 14:27:00,{word}\n"),
        ("bitbrains", f"{HEADING}\n{word};1;1;1;1;1;1;1;1;1;1\n"),
        ("alibaba-usage", f"m_1,{word},4,,,,,,\n"),
    ):
        with pytest.raises(InvalidFileError, match=word):
            taken(form, written(tmp_path, text))


def test_two_sources_of_one_machine_are_refused(tmp_path: Path) -> None:
    """A machine that two files or two columns hold is refused with both named."""
    folder = tmp_path / "folder"
    folder.mkdir()
    text = bitbrains((0, 1), (300, 2), (600, 3))
    written(folder, text, "1.csv")
    (folder / "1.csv.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.raises(
        InvalidFileError, match=r"1.csv and 1.csv.gz are of one machine"
    ):
        taken("bitbrains", folder)
    with pytest.raises(InvalidFileError, match="line 1, column 3"):
        taken("bitbrains", written(tmp_path, "time_s,a,a\n0,1,2\n"))


REAL = {
    "alibaba2018/machine_usage_head.csv.gz": ("alibaba-usage", 60.0),
    "bitbrains_rnd/raw": ("bitbrains", 300.0),
    "bitbrains_rnd/cpu_percent_60vms_week1.csv.gz": ("bitbrains", 300.0),
    "planetlab/cpu_percent_20110303_1052vms.csv.gz": ("planetlab", 300.0),
    "nab": ("nab", 300.0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_published_series_are_read(name: str, public_data: Callable[..., Path]) -> None:
    """Files as published are read, and the instance is solved."""
    path = public_data(name) / name
    form, step = REAL[name]
    devices = 1 if name.endswith("raw") else 3
    instance = taken(form, path, slots=200, devices=devices, routers=3)
    assert instance.slot_seconds == step
    assert np.ptp(loads(instance)) > 0.0
    result = optkit.solve(instance, "periodic")
    assert result.verification is not None
    assert result.verification.feasible
