"""The generator's physics, its networks (Lemma 1), and instances from recordings."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

import optkit
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.solving import seeds
from optkit.discovery.data import physics
from optkit.discovery.data.generate import GeneratorOptions, generate
from optkit.discovery.data.importers.mobility import MobilityOptions, read
from optkit.discovery.data.importers.traces import read_recording
from optkit.discovery.data.migrating_network import (
    distances,
    hop_counts,
    is_connected,
    kept_connected,
    migrate,
    opportunistic_links,
    walk,
)
from optkit.discovery.instance import DiscoveryInstance


@given(st.integers(1, 12), st.integers(0, 8), st.integers(0, 2**31), st.data())
@settings(max_examples=60, deadline=None)
def test_lemma_1(kept: int, changed: int, seed: int, data: st.DataObject) -> None:
    """Protects Lemma 1: who keeps a link to the connected part leaves all connected."""
    draw = np.random.default_rng(seed)
    links = np.zeros((kept + changed, kept + changed), dtype=bool)
    for node in range(1, kept):  # a random tree: connected before
        links[node, draw.integers(node)] = True
    for node in range(kept, kept + changed):  # moved or new: one link to who stayed
        links[node, draw.integers(kept)] = True
    links |= links.T
    assert is_connected(links)
    if changed:  # and without that link it need not be
        lost = data.draw(st.integers(kept, kept + changed - 1))
        links[lost] = links[:, lost] = False
        assert is_connected(links) == (len(links) == 1)


@given(st.integers(0, 25), st.floats(0.05, 1.0), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_networks_are_connected_by_no_more_than_it_takes(
    count: int, coverage: float, seed: int
) -> None:
    """Protects connectivity in every window, and drawn links from being dropped."""
    draw = np.random.default_rng(seed)
    distance = distances(draw.random((count, 2)), coverage)
    drawn = opportunistic_links(distance, 1.0, draw)
    joined = kept_connected(drawn, distance)
    assert is_connected(joined)
    assert np.array_equal(joined & drawn, drawn)
    assert np.array_equal(joined, joined.T)
    assert not joined.diagonal().any()
    parts = connected_components(drawn, directed=False)[0] if count else 1
    assert (joined & ~drawn).sum() // 2 == parts - 1


def test_nodes_stay_in_the_square_and_candidates_in_the_network() -> None:
    """Protects migration: reflected at the sides, the wanted number, the candidates."""
    draw = seeds.generator(1, "walk")
    places = draw.random((40, 2))
    present = np.arange(40) < 20
    for wanted in (30, 12, 12, 40, 5):
        places = walk(places, 0.5, draw)
        present = migrate(present, wanted, 5, draw)
        assert places.min() >= 0.0
        assert places.max() <= 1.0
        assert present.sum() == wanted
        assert present[:5].all()


def test_accuracy_of_updates_and_its_inverse() -> None:
    """Protects E(Q_agent): 1 for endless updates, falling, and inverted exactly."""
    changes = np.array([0.0, 1e-12, 0.1, 1.0, 5.0, 40.0])
    accuracy = physics.agent_accuracy(changes)
    assert accuracy[0] == 1.0
    assert np.all(np.diff(accuracy) <= 0.0)
    assert accuracy[3] == pytest.approx(1.0 - np.exp(-1.0))
    again = physics.changes_for_accuracy(accuracy[2:])
    assert again == pytest.approx(changes[2:])


def test_a_line_of_three_nodes_by_hand() -> None:
    """Protects (8), (11) to (14): shares of hops, mean hops, energy of a flood."""
    links = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=bool)
    shares = physics.hop_shares(hop_counts(links))
    assert shares == pytest.approx(np.array([[1, 1, 1], [1, 2, 0], [1, 1, 1]]) / 3)
    assert physics.mean_hops(shares) == pytest.approx([1.0, 2 / 3, 1.0])
    one = physics.request_energy(3, shares, np.array([2, 1, 2]), 2.0, 1.0)
    # Ends: 3·2 + ring 1 (one node)·3 + 3·1·3 = 18; the middle, HC = 1: 2·3·3 = 18.
    assert one == pytest.approx([18.0, 18.0, 18.0])
    assert physics.self_energy(np.array([0, 1, 2]), one) == pytest.approx([0, 18, 36])
    assert physics.self_accuracy(shares, 0.0) == pytest.approx([1.0, 1.0, 1.0])


def test_updates_and_agent_energy_by_hand() -> None:
    """Protects (3) to (7) and (10)."""
    interval = physics.completion_interval(0.2, 2)
    assert interval == pytest.approx(0.1)
    assert physics.completed_tasks(0.1, interval) == pytest.approx(1.0)
    assert physics.updates_between_observations(3.0, 1.0, 51) == pytest.approx(100.0)
    assert physics.updates_between_observations(0.5, 1.0, 51) == pytest.approx(50.0)
    assert physics.all_updates(2.0, 0.1, np.array([100.0, 50.0])) == pytest.approx(3000)
    energy = physics.agent_energy(np.array([2.0]), np.array([10.0]), 0.5, 0.25)
    assert energy == pytest.approx([2 * 0.75 + 10 * 0.5])


def test_the_printed_accuracy_is_no_probability() -> None:
    """Protects the reason for not using (9) as printed: it passes 1 from two hops on."""
    chain = np.diag(np.ones(4, dtype=bool), 1)
    shares = physics.hop_shares(hop_counts(chain | chain.T))
    literal = physics.self_accuracy_literal(0.1, shares)
    assert literal.max() > 1.0
    assert physics.self_accuracy_coverage(0.1, shares.sum(axis=1)) == pytest.approx(0.1)


def made(**options: Any) -> DiscoveryInstance:
    """Return a generated instance."""
    found = optkit.generate("discovery", **{"seed": 1, **options})
    assert isinstance(found, DiscoveryInstance)
    return found


def test_same_seed_same_instance_and_others_differ() -> None:
    """Protects reproducibility of generated instances."""
    sizes = {"nodes": 12, "windows": 3}
    assert made(**sizes).sha256 == made(**sizes).sha256
    assert made(**sizes).sha256 != made(**sizes, seed=2).sha256


def test_the_benchmark_of_table_2() -> None:
    """Protects the defaults: 50 nodes within 10 %, 100 cycles, sane figures."""
    instance = made()
    present = np.sum(instance.present, axis=1)
    assert (instance.windows, len(instance.resources), len(instance.candidates)) == (
        100,
        3,
        10,
    )
    assert present.min() >= 45
    assert present.max() <= 55
    here = np.array(instance.present)
    agent = np.array(instance.accuracy_agent)[here]
    alone = np.array(instance.accuracy_self)[here]
    # Table 3: accuracies from 0.24 to 0.93 in agent mode, 0.04 to 0.75 in the other.
    assert 0.2 <= agent.min() < agent.max() <= 0.95
    assert 0.04 <= alone.min() < alone.max() <= 0.75
    assert instance.physics is not None
    assert instance.physics["period_s"] == 2.0


@pytest.mark.parametrize(
    "sizes",
    [
        {"nodes": 0, "windows": 2},
        {"nodes": 1, "windows": 1},
        {"nodes": 5, "windows": 0},
        {"nodes": 5, "windows": 1, "resources": 0},
        {"nodes": 5, "windows": 1, "candidates": 0},
    ],
)
def test_small_sizes_are_generated(sizes: dict[str, int]) -> None:
    """Protects the generator's edges."""
    assert made(**sizes).windows == sizes["windows"]


def test_more_candidates_than_nodes_are_refused() -> None:
    """Protects the promise that candidates never leave."""
    with pytest.raises(UsageError, match="candidates"):
        made(nodes=5, candidates=6)


# -- recordings --------------------------------------------------------------------

WALKS = "node,t_s,x_m,y_m\n" + "".join(
    f"{name},{t},{10.0 * t / 30 + offset},{offset}\n"
    for name, offset in (("u", 0.0), ("v", 50.0), ("w", 4000.0))
    for t in range(0, 121, 30)
)
CONTACTS = (
    "0\tCONN\t1\t2\tup\n30\tCONN\t2\t3\tup\n50\tCONN\t1\t2\tdown\n90 CONN 2 3 down\n"
)


def imported(path: Path, **options: Any) -> dict[str, Any]:
    """Return the document of a recording."""
    return read(path, MobilityOptions(**{"windows": 2, "every_s": 45.0, **options}), 1)


def test_positions_between_samples_are_interpolated(tmp_path: Path) -> None:
    """Protects the reading of walks: places in between, distance by coverage, absence."""
    path = tmp_path / "walks.csv.gz"
    path.write_bytes(gzip.compress(WALKS.encode()))
    recording = read_recording(path)
    assert recording.names == ["u", "v", "w"]
    at = [np.interp(45.0, t.times, t.positions[:, 0]) for t in recording.tracks]
    assert at == pytest.approx([15.0, 65.0, 4015.0])
    document = imported(path, candidates=1, link_decay=0.0, connect_base_s=0.0)
    times = document["connect_time"]
    assert times[0][1][0] == pytest.approx(50.0 * np.sqrt(2.0) / 250.0, abs=1e-6)
    assert times[1][2][0] is None
    gaps = imported(path, max_gap_s=20.0)
    assert gaps["present"] == [[True] * 3, [False] * 3]


def test_contacts_count_by_the_time_together(tmp_path: Path) -> None:
    """Protects the reading of contacts: nearer the longer two nodes meet."""
    path = tmp_path / "contacts.tsv"
    path.write_text(CONTACTS)
    document = imported(path, every_s=50.0, candidates=3, link_decay=0.0)
    by_name = {name: i for i, name in enumerate(document["nodes"])}
    times = document["connect_time"]
    whole = times[0][by_name["1"]][by_name["2"]]
    part = times[0][by_name["2"]][by_name["3"]]
    assert whole == pytest.approx(0.2)  # together all the time: no distance
    assert part == pytest.approx(0.2 + 1.0 - 20.0 / 50.0)
    assert times[0][by_name["1"]][by_name["3"]] is None
    assert document["present"][1][by_name["1"]] is False


def test_taxis_are_put_on_a_plane(tmp_path: Path) -> None:
    """Protects degrees from being taken for metres."""
    for name, latitude in (("new_a.txt", 37.70), ("new_b.txt", 37.71)):
        rows = [f"{latitude} -122.40 0 {1_211_259_600 + t}" for t in (0, 60, 120)]
        (tmp_path / name).write_text("\n".join(rows))
    recording = read_recording(tmp_path)
    one, other = (track.positions[0] for track in recording.tracks)
    assert np.linalg.norm(other - one) == pytest.approx(1111.9, rel=1e-3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("node,t_s,x_m,y_m\n", "below the header"),
        ("1 2 3\n1 x 3\n", "line 2"),
        ("1 2\n", "columns"),
        ("0 CONN 1 1 up\n", "line 1"),
        ("9 CONN 1 2 up\n3 CONN 1 2 down\n", "before the last"),
        ("0 1 nan\n", "line 1"),
    ],
)
def test_what_is_no_recording_is_refused(
    tmp_path: Path, content: str, said: str
) -> None:
    """Protects users from a file of another kind: the line and what was expected."""
    path = tmp_path / "trace.txt"
    path.write_text(content)
    with pytest.raises(InvalidFileError, match=said):
        imported(path)


def test_windows_past_the_end_are_refused(tmp_path: Path) -> None:
    """Protects against positions that nobody recorded."""
    path = tmp_path / "walks.csv"
    path.write_text(WALKS)
    with pytest.raises(UsageError, match="ends at 120"):
        imported(path, windows=9)


REAL: dict[str, tuple[str, dict[str, Any], int]] = {
    "walks": ("ncsu_kaist_30s_92walks.csv.gz", {"nodes": 20}, 20),
    "one walk a file": ("raw", {}, 2),
    "taxis": ("cabspotting", {"coverage_m": 2000.0}, 5),
    "contacts": ("haggle_intel_9nodes.tsv", {"every_s": 3600.0}, 9),
    "many contacts": (
        "haggle_cambridge_students_36nodes.tsv.gz",
        {"every_s": 3600.0},
        36,
    ),
}


@pytest.mark.parametrize("name", REAL)
def test_real_recordings_become_instances(
    name: str, public_data: Callable[..., Path]
) -> None:
    """Protects the importer on what was recorded by others."""
    file, options, nodes = REAL[name]
    recordings = public_data("mobility") / "mobility"
    instance = optkit.import_instance(
        "mobility", recordings / file, windows=4, **options
    )
    assert isinstance(instance, DiscoveryInstance)
    assert len(instance.nodes) == nodes
    assert instance.windows == 4
    result = optkit.solve(instance, "bilevel-exact", limits=optkit.Limits(time=20))
    assert result.verification is not None
    assert result.verification.feasible


def test_generator_options_are_the_documents_readings() -> None:
    """Protects options that stand for keys of the document."""
    options = GeneratorOptions(
        nodes=4,
        windows=1,
        qan_rule="single",
        connection="optional",
        accuracy_form="sum",
    )
    reading = generate(options, 1)["reading"]
    assert (reading["qan_rule"], reading["connection"]) == ("single", "optional")
    assert reading["accuracy_form"] == "sum"
