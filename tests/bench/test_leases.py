"""Claims: of several workers one gets a run, and the dead do not keep theirs."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from pathlib import Path

import pytest

from optkit.bench import leases
from optkit.bench.leases import Claims, owner
from optkit.core.errors import UsageError


def test_a_claim_is_had_once(tmp_path: Path) -> None:
    """A living worker's claim is respected, until it is given back."""
    with Claims(tmp_path) as mine, Claims(tmp_path) as yours:
        assert mine.take("run")
        assert not yours.take("run")
        assert yours.others() == ["run"]
        mine.release("run")
        assert yours.take("run")


def test_what_is_held_is_given_back_at_the_end(tmp_path: Path) -> None:
    """A worker that leaves keeps nobody waiting."""
    with Claims(tmp_path) as mine:
        mine.take("run")
    assert not list(tmp_path.iterdir())


def _die_with_claim(folder: Path) -> None:
    leases.owner.cache_clear()  # copied from the parent by the fork
    Claims(folder).take("run")
    os._exit(1)


def test_the_claim_of_a_dead_process_is_free_at_once(tmp_path: Path) -> None:
    """After kill -9 the same machine goes on without waiting."""
    process = multiprocessing.get_context("fork").Process(
        target=_die_with_claim, args=(tmp_path,)
    )
    process.start()
    process.join()
    assert (tmp_path / "run").exists()
    with Claims(tmp_path) as mine:
        assert mine.take("run")


def test_claims_can_be_looked_at_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status of a study on a read-only disk knows who is at it."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(30, "Read-only file system")

    (tmp_path / "run").write_text(json.dumps({**owner(), "host": "elsewhere"}))
    monkeypatch.setattr(Path, "touch", refuse)
    assert Claims(tmp_path).others() == ["run"]


def test_a_claim_that_cannot_be_written_is_an_error_of_the_folder(
    tmp_path: Path,
) -> None:
    """A folder that went away while the study ran is named, with what to do."""
    with pytest.raises(UsageError, match="cannot be written to"):
        Claims(tmp_path / "gone").take("run")


def test_another_machine_is_believed_while_it_touches_its_claim(
    tmp_path: Path,
) -> None:
    """A claim from elsewhere holds for a minute after its last touch, and no longer."""
    path = tmp_path / "run"
    path.write_text(json.dumps({**owner(), "host": "elsewhere"}))
    with Claims(tmp_path) as mine:
        assert not mine.take("run")
        past = time.time() - leases.LEASE - 5
        os.utime(path, (past, past))
        assert mine.take("run")
        assert json.loads(path.read_text())["host"] == owner()["host"]


def test_a_claim_is_touched_while_it_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long run is not taken for dead."""
    monkeypatch.setattr(leases, "HEARTBEAT", 0.05)
    with Claims(tmp_path) as mine:
        mine.take("run")
        past = time.time() - 1_000
        os.utime(tmp_path / "run", (past, past))
        deadline = time.monotonic() + 20
        while (tmp_path / "run").stat().st_mtime < past + 500:
            assert time.monotonic() < deadline, "the claim is never touched"
            time.sleep(0.02)


def _race(folder: Path, wins: list[int], gate: object) -> None:
    leases.owner.cache_clear()
    gate.wait()  # type: ignore[attr-defined]
    if Claims(folder).take("run"):
        wins.append(os.getpid())
        time.sleep(1.0)  # the living keep it


def test_of_many_that_want_a_dead_claim_one_gets_it(tmp_path: Path) -> None:
    """Taking over is a race that one worker wins."""
    context = multiprocessing.get_context("fork")
    with context.Manager() as manager:
        for _ in range(3):
            process = context.Process(target=_die_with_claim, args=(tmp_path,))
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
