"""Leases on runs: a folder of files through which several workers share a study.

A lease is a file that is created only if it does not exist, so exactly one of the workers
that want a run gets it. Its owner touches the file while it works. A lease whose owner is
dead is taken over: at once if the owner was a process of this machine, otherwise as soon
as a worker has seen it unchanged for a minute. That minute is measured by the worker's own
clock. What the lease's time stamp says is never compared with any clock, only with what it
said before, so clocks that differ or jump cost no run.
"""

from __future__ import annotations

import json
import os
import platform
import threading
import time
from contextlib import suppress
from enum import Enum, auto
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from optkit.bench.file_locks import locked
from optkit.core.errors import UsageError
from optkit.core.files import paths
from optkit.core.runtime import stop_signals

HEARTBEAT = 10.0
"""Seconds between two touches of a lease."""

EXPIRY = 60.0
"""Seconds for which a worker has to see a lease of another machine unchanged, by its own
clock, before it takes the lease over."""

clock = time.monotonic
"""The clock of this worker, s."""


class Holder(Enum):
    """Who holds a lease: a live worker, one that has ended, or nobody."""

    ALIVE = auto()
    DEAD = auto()
    NOBODY = auto()


@cache
def owner() -> dict[str, Any]:
    """Return what identifies this process among those of all machines."""
    process = psutil.Process()
    boot = Path("/proc/sys/kernel/random/boot_id")
    return {
        "host": platform.node(),
        "boot": boot.read_text().strip() if boot.exists() else "",
        "pid": process.pid,
        "started": process.create_time(),
    }


class Leases:
    """The leases in a folder; as a context manager, it keeps the held ones alive.

    Parameters
    ----------
    folder
        The folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: set[str] = set()
        # What each lease of another machine looked like, and since when.
        self._seen: dict[str, tuple[object, float]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._touch_held, daemon=True)

    def __enter__(self) -> Self:
        """Remove the leases of dead workers, and start to touch those that are held."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for key in self._keys():
                self._remove_if_dead(key)
        except OSError as error:
            raise _unusable(self._folder, error) from None
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release every lease that is still held."""
        self._stop.set()
        self._thread.join()
        for key in list(self._held):
            self.release(key)

    def acquire(self, key: str) -> bool:
        """Take the lease on a run; False if another live worker holds it.

        Raises
        ------
        UsageError
            If the lease cannot be written.
        """
        try:
            while not self._create(key):
                if not self._remove_if_dead(key):
                    return False
        except OSError as error:
            raise _unusable(self._folder, error) from None
        return True

    def _create(self, key: str) -> bool:
        """Write a lease; False if there is one already."""
        path = self._folder / key
        with stop_signals.delayed():  # a lease that nobody knows to hold would stay
            try:
                descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
            except FileExistsError:
                return False
            try:
                with os.fdopen(descriptor, "w") as stream:
                    json.dump(owner(), stream)
            except OSError:  # the disk is full; half a lease would block every worker
                path.unlink(missing_ok=True)
                raise
            with self._lock:
                self._held.add(key)
        return True

    def release(self, key: str) -> None:
        """Give a lease back."""
        with stop_signals.delayed():
            with self._lock:
                self._held.discard(key)
            (self._folder / key).unlink(missing_ok=True)

    def held_by_others(self) -> list[str]:
        """Return the keys of the runs that other live workers hold."""
        keys = self._keys()
        return [
            k for k in keys if k not in self._held and self._holder(k) is Holder.ALIVE
        ]

    def _keys(self) -> list[str]:
        if not paths.is_folder(self._folder):
            return []
        files = filter(paths.is_file, self._folder.iterdir())
        return sorted(path.name for path in files if "." not in path.name)

    def _touch_held(self) -> None:
        while not self._stop.wait(HEARTBEAT):
            with self._lock:
                held = list(self._held)
            for key in held:
                with suppress(OSError):  # the next touch may succeed
                    os.utime(self._folder / key)

    def _holder(self, key: str) -> Holder:
        """Return whether anybody holds a lease."""
        path = self._folder / key
        if paths.is_folder(path):
            raise UsageError(
                f"{path}: a folder stands where the lease of a run belongs; move it away,"
                " and start the study again: finished runs are kept."
            )
        state = None
        try:
            state = path.stat()
            holder = json.loads(path.read_text())
        except FileNotFoundError:
            self._seen.pop(key, None)
            return Holder.NOBODY
        except (ValueError, OSError):
            holder = None  # being written just now, or cut off by a crash
        me = owner()
        if isinstance(holder, dict) and all(
            holder.get(part) == me[part] for part in ("host", "boot")
        ):
            return Holder.ALIVE if _is_alive(holder) else Holder.DEAD
        look = state and (state.st_mtime_ns, state.st_ino, state.st_size)
        before, since = self._seen.get(key, ((), 0.0))
        if look != before:
            self._seen[key] = look, clock()
            return Holder.ALIVE
        return Holder.DEAD if clock() - since > EXPIRY else Holder.ALIVE

    def _remove_if_dead(self, key: str) -> bool:
        """Remove a lease whose owner is dead; False if the owner is alive.

        A lock makes looking and removing one step for all workers. Without it, the slower
        of two workers that saw the same dead lease would remove the new lease of the
        faster one. For the same reason a lease that is found missing is not removed: it
        may have been taken since.
        """
        holder = self._holder(key)
        if holder is Holder.DEAD:
            with locked(self._folder / ".lock"):
                holder = self._holder(key)
                if holder is Holder.DEAD:
                    (self._folder / key).unlink(missing_ok=True)
        return holder is not Holder.ALIVE


def _unusable(folder: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{folder}: cannot be written to: {error.strerror or error}. Free some space or"
        " name another folder, and start the study again: finished runs are kept."
    )


def _is_alive(holder: dict[str, Any]) -> bool:
    """Return whether a process of this machine still runs, and is still the same one."""
    try:
        process = psutil.Process(int(holder["pid"]))
        same = abs(process.create_time() - float(holder["started"])) < 1.0
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except (psutil.NoSuchProcess, KeyError, TypeError, ValueError):
        return False
