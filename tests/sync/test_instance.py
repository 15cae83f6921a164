from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

import optkit
from optkit.core.errors import InvalidFileError
from optkit.sync.instance import SyncInstance
from tests.sync.instances import document, random_instance


def _changed(path: list[Any], value: Any) -> dict[str, Any]:
    raw = deepcopy(document())
    node: Any = raw
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return raw


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a router twice": (_changed(["routers"], ["r0", "r0", "r1"]), "ids are unique"),
    "a device twice": (_changed(["devices", 1, "id"], "d0"), "ids are unique"),
    "a short series": (_changed(["slots"], 7), "has 6 entries, but slots is 7"),
    "a misspelt router": (
        _changed(["devices", 0, "router"], "r00"),
        "did you mean 'r0'",
    ),
    "an unknown end": (_changed(["links", 0, "target"], "x"), "not the id of a router"),
    "a loop": (_changed(["links", 0, "target"], "r0"), "goes from 'r0' to itself"),
    "a link twice": (
        _changed(["links", 1], document()["links"][0]),
        "is already links[0]",
    ),
    "a source without devices": (
        _changed(["devices", 1, "router"], "r0"),
        "no device reports to 'r1'",
    ),
    "a limit that cannot be kept": (
        _changed(["max_device_age"], 1),
        "raise the limit to at",
    ),
    "a pair limit that cannot be kept": (
        _changed(["max_pair_age"], 2),
        "over max_pair_age 2",
    ),
    "a load that is a fraction of nothing": (
        _changed(["devices", 0, "load_percent", 2], -1.0),
        "devices[0].load_percent[2]",
    ),
    "a load that is no percentage": (
        _changed(["devices", 0, "load_percent", 2], 1000.5),
        "less than or equal to 1000",
    ),
    "a load that is no number": (
        _changed(["devices", 0, "load_percent", 2], "31"),
        "devices[0].load_percent[2]",
    ),
    "no devices": (_changed(["devices"], []), "devices"),
    "an unknown reading": (_changed(["reading"], {"error": "exact"}), "held"),
    "an unknown curve": (_changed(["reconstruction"], "linear"), "pchip"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_faults_are_named(fault: str) -> None:
    """Each error is refused, with its path."""
    raw, message = FAULTS[fault]
    with pytest.raises(InvalidFileError) as caught:
        SyncInstance.parse(raw)
    assert message in str(caught.value)


def test_missing_keys_are_the_papers_reading() -> None:
    """Keys that the paper does not have default to its reading."""
    instance = SyncInstance.parse(document())
    assert instance.weights.report == 0.0
    assert instance.reading.error == "held"
    assert instance.reconstruction == "cubic"


def test_loads_above_100_percent_are_read() -> None:
    """Measured loads may exceed 100 percent."""
    raw = _changed(["devices", 0, "load_percent", 2], 106.6)
    assert SyncInstance.parse(raw).devices[0].load_percent[2] == 106.6


def test_files_come_back_as_they_were(tmp_path: Any) -> None:
    """An instance is read from its file as it was written."""
    for seed in range(5):
        instance = random_instance(seed)
        path = tmp_path / f"{seed}.json"
        optkit.save_instance(instance, path)
        assert optkit.load(path) == instance


def test_limits_are_refused_exactly_where_nobody_keeps_them() -> None:
    """A limit at the least age is accepted and solved; one just below is refused."""
    raw = document()
    raw["max_device_age"] = 2
    raw["max_pair_age"] = 2.1
    instance = SyncInstance.parse(raw)
    result = optkit.solve(
        instance,
        "periodic",
        options={"reporting": {"period": 1}, "notification": {"period": 1}},
    )
    assert result.verification is not None
    assert result.verification.feasible
    raw["max_pair_age"] = 2.09
    with pytest.raises(InvalidFileError):
        SyncInstance.parse(raw)


def test_short_horizons_need_no_limit() -> None:
    """An instance that ends before an age can pass its limit is accepted."""
    raw = document(slots=2, max_device_age=1, max_pair_age=1)
    instance = SyncInstance.parse(raw)
    assert optkit.solve(instance, "periodic").verification is not None
