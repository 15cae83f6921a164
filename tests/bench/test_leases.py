"""Leases: one of several workers gets a run, and dead workers lose theirs."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from optkit.bench import leases
from optkit.bench.leases import Leases, owner
from optkit.core.errors import UsageError


def test_a_lease_has_one_holder(tmp_path: Path) -> None:
    """The lease of a live worker is respected until it is released."""
    with Leases(tmp_path) as mine, Leases(tmp_path) as yours:
        assert mine.acquire("run")
        assert not yours.acquire("run")
        assert yours.held_by_others() == ["run"]
        mine.release("run")
        assert yours.acquire("run")


def test_held_leases_are_released_at_the_end(tmp_path: Path) -> None:
    """A worker that ends makes no other worker wait."""
    with Leases(tmp_path) as mine:
        mine.acquire("run")
    assert not list(tmp_path.iterdir())


def _die_with_lease(folder: Path) -> None:
    leases.owner.cache_clear()  # copied from the parent by the fork
    Leases(folder).acquire("run")
    os._exit(1)


def test_the_lease_of_a_dead_process_is_free_at_once(tmp_path: Path) -> None:
    """After ``kill -9`` another worker of the machine goes on without waiting."""
    process = multiprocessing.get_context("fork").Process(
        target=_die_with_lease, args=(tmp_path,)
    )
    process.start()
    process.join()
    assert (tmp_path / "run").exists()
    with Leases(tmp_path) as mine:
        assert mine.acquire("run")


def test_leases_are_readable_on_a_read_only_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status of a study on a read-only disk shows the runs in progress."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(30, "Read-only file system")

    (tmp_path / "run").write_text(json.dumps({**owner(), "host": "elsewhere"}))
    monkeypatch.setattr(Path, "touch", refuse)
    monkeypatch.setattr(os, "utime", refuse)
    assert Leases(tmp_path).held_by_others() == ["run"]


def test_a_lease_that_cannot_be_written_is_an_error(
    tmp_path: Path,
) -> None:
    """The error names a folder that vanished while the study ran, with a remedy."""
    with pytest.raises(UsageError, match="cannot be written to"):
        Leases(tmp_path / "gone").acquire("run")


@pytest.mark.parametrize("stamp", [0.0, 1e9, 4e9])
def test_a_lease_of_another_machine_expires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stamp: float
) -> None:
    """It holds until this worker has seen it unchanged for a minute of its own clock.

    What the other machine's clock says, past or future, makes no difference.
    """
    now = [100.0]
    monkeypatch.setattr(leases, "clock", lambda: now[0])
    path = tmp_path / "run"
    path.write_text(json.dumps({**owner(), "host": "elsewhere"}))
    os.utime(path, (stamp, stamp))
    with Leases(tmp_path) as mine:
        assert not mine.acquire("run")
        now[0] += leases.EXPIRY - 1
        os.utime(path, (stamp - 30, stamp - 30))  # touched, by a clock that went back
        assert not mine.acquire("run")
        now[0] += leases.EXPIRY - 1
        assert not mine.acquire("run")
        now[0] += 2
        assert mine.acquire("run")
        assert json.loads(path.read_text())["host"] == owner()["host"]


def test_a_stray_folder_is_no_lease(tmp_path: Path) -> None:
    """A folder among the leases is left alone; one in a lease's place is named."""
    (tmp_path / "backup").mkdir()
    with Leases(tmp_path) as mine:
        assert mine.held_by_others() == []
        assert mine.acquire("run")
        with pytest.raises(UsageError, match="a folder stands where the lease"):
            mine.acquire("backup")
    assert (tmp_path / "backup").is_dir()


def test_a_held_lease_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease of a long run does not expire."""
    monkeypatch.setattr(leases, "HEARTBEAT", 0.05)
    with Leases(tmp_path) as mine:
        mine.acquire("run")
        past = time.time() - 1_000
        os.utime(tmp_path / "run", (past, past))
        deadline = time.monotonic() + 20
        while (tmp_path / "run").stat().st_mtime < past + 500:
            assert time.monotonic() < deadline, "the lease is never touched"
            time.sleep(0.02)


def _race(folder: Path, wins: list[int], gate: object) -> None:
    leases.owner.cache_clear()
    gate.wait()  # type: ignore[attr-defined]
    if Leases(folder).acquire("run"):
        wins.append(os.getpid())
    gate.wait()  # type: ignore[attr-defined]  # live until all have tried


@pytest.mark.slow
def test_one_of_many_workers_takes_over_a_dead_lease(tmp_path: Path) -> None:
    """When six workers race for the lease of a dead one, exactly one gets it."""
    context = multiprocessing.get_context("fork")
    with context.Manager() as manager:
        for _ in range(3):
            process = context.Process(target=_die_with_lease, args=(tmp_path,))
            process.start()
            process.join()
            wins, gate = manager.list(), context.Barrier(6)
            racers = [
                context.Process(target=_race, args=(tmp_path, wins, gate))
                for _ in range(6)
            ]
            for racer in racers:
                racer.start()
            for racer in racers:
                racer.join()
            assert len(wins) == 1


def test_a_lease_that_was_taken_since_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that finds the dead lease gone does not remove its successor's."""
    lease, theirs = tmp_path / "run", json.dumps(owner())
    lease.write_text(json.dumps(owner() | {"pid": 2**31 - 1}))
    mine, looks = Leases(tmp_path), 0
    look = mine._holder

    def slow_look(key: str) -> leases.Holder:
        nonlocal looks
        looks += 1
        if looks == 2:
            lease.unlink()  # another worker removes the dead lease first,
        holder = look(key)
        if looks == 2:
            lease.write_text(theirs)  # and takes the run
        return holder

    monkeypatch.setattr(mine, "_holder", slow_look)
    assert not mine.acquire("run")
    assert lease.read_text() == theirs


def test_ctrl_c_leaves_no_lease_that_nobody_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while a lease is written comes after it is known to be held."""

    def interrupted() -> dict[str, object]:
        os.kill(os.getpid(), signal.SIGINT)
        return {"written": "whole"}

    monkeypatch.setattr(leases, "owner", interrupted)
    held = Leases(tmp_path)
    with pytest.raises(KeyboardInterrupt), held:
        held.acquire("run")
    assert not (tmp_path / "run").exists()
