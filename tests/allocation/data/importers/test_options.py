"""Options, names, and what importing the importers costs."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optkit.allocation.data.importers import topology_zoo
from optkit.allocation.data.importers.options import Options
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.options import make_options
from optkit.network.importers.identifiers import node_ids
from optkit.network.importers.speeds import plausible_speed, power_of


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"mastr": "A"}, "Did you mean 'master'"),
        ({"size_gbit": -1}, "option size_gbit: -1"),
        ({"ghz_low": 0}, "option ghz_low: 0"),
        ({"capacitance": 1e300}, "option capacitance: 1e+300"),
        ({"default_gbps": 0}, "option default_gbps: 0"),
        ({"default_gbps": float("nan")}, "option default_gbps: nan"),
        ({"gbps_high": float("inf")}, "option gbps_high: inf"),
        ({"gcycles_per_gbit": 0}, "option gcycles_per_gbit: 0"),
        ({"names": "both"}, "option names: 'both'"),
        ({"parallel": "min"}, "option parallel: 'min'"),
        ({"ghz_low": 5, "ghz_high": 4}, "ghz_low 5.0 is above ghz_high 4.0"),
        ({"gbps_low": 200}, "gbps_low 200.0 is above gbps_high 100.0"),
    ],
)
def test_bad_options(settings_: dict[str, Any], message: str) -> None:
    """A wrong option is a usage error that names it and its value."""
    with pytest.raises(UsageError) as caught:
        make_options(Options, settings_, "importer")
    assert message in str(caught.value)


def test_options_are_described_and_read_from_text() -> None:
    """Every option has a description, and numbers may come as a command line's text."""
    assert all(field.description for field in Options.model_fields.values())
    made = make_options(Options, {"size-gbit": "2.5"}, "importer")
    assert made.size_gbit == 2.5


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.text(max_size=4), st.text("ab#?", max_size=3), max_size=12),
    st.sampled_from(["label", "id"]),
)
def test_server_ids_are_unique_and_fit(nodes: dict[str, str], names: Any) -> None:
    """Whatever keys and labels a file has, ids differ, are short, and print."""
    made = node_ids(list(nodes.items()), names)
    assert len(set(made)) == len(nodes)
    assert all(0 < len(n) <= 200 and CONTROL.search(n) is None for n in made)


def test_long_names_are_cut_and_stay_unique() -> None:
    """Names cut to one length are told apart, within what a document allows."""
    nodes = [("k" * 500 + str(i), "same" * 100) for i in range(4)]
    for names in ("label", "id"):
        made = node_ids(nodes, names)  # type: ignore[arg-type]
        assert len(set(made)) == 4
        assert max(map(len, made)) <= 200


def test_units_and_limits() -> None:
    """Unknown units are not guessed, and rates outside all sense not believed."""
    assert power_of("MBITPERSEC") == 6
    assert power_of("bit/s") == 0
    assert power_of("MBYTEPERSEC") is None
    assert power_of("") is None
    assert plausible_speed(1e-12).unusable
    assert plausible_speed(1e12).unusable


@pytest.mark.parametrize(
    ("target", "heavy"),
    [
        ("optkit.allocation.data.importers", "numpy"),
        ("optkit.allocation.data.importers", "networkx"),
        ("optkit.allocation.data.importers.topology_zoo", "networkx"),
        ("optkit.allocation.data.importers.sndlib", "networkx"),
    ],
)
def test_importing_stays_light(target: str, heavy: str) -> None:
    """What takes long to import is not imported before it is used."""
    code = (
        "import sys, optkit.allocation\n"
        f"before = {heavy!r} in sys.modules\n"
        f"import {target}\n"
        f"sys.exit({heavy!r} in sys.modules and not before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


CONTROL = re.compile(r"[\x00-\x1f\x7f]")

GML_WORDS = st.sampled_from(
    ["graph", "[", "]", "node", "edge", "id", "source", "target", "0", "1", '"', "#"]
)


@pytest.mark.slow
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    data=st.one_of(
        st.binary(),
        st.lists(GML_WORDS).map(lambda w: ("graph [ " + " ".join(w)).encode()),
        st.binary().map(lambda b: b"<graphml><graph>" + b),
    )
)
def test_random_zoo_files(tmp_path: Path, data: bytes) -> None:
    """Garbled GML and GraphML end in a document or a file error, never a crash."""
    path = tmp_path / "random.gml"
    path.write_bytes(data)
    with contextlib.suppress(InvalidFileError):
        assert topology_zoo.read(path, Options(), 0)["servers"]
