"""Who is at which run: claims in a folder, which several workers and machines share.

A claim is a file that is made only if it is not there, so of any number of workers that
want a run one gets it. Its owner touches it while it works. A claim whose owner is dead is
taken over: at once where the owner was a process of this machine, else when it has not
been touched for a minute. Age is told by the clock of the file system that keeps the
claims, so the clocks of the machines need not agree.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from optkit.bench.file_locks import locked
from optkit.core.errors import UsageError

HEARTBEAT = 10.0
"""Seconds between two touches of a claim."""
LEASE = 60.0
"""Seconds after which an untouched claim of another machine is dead."""


@cache
def owner() -> dict[str, Any]:
    """Return what tells this process from every other, on this machine or elsewhere."""
    process = psutil.Process()
    boot = Path("/proc/sys/kernel/random/boot_id")
    return {
        "host": platform.node(),
        "boot": boot.read_text().strip() if boot.exists() else "",
        "pid": process.pid,
        "started": process.create_time(),
    }


class Claims:
    """The claims in a folder; used as a context, which touches those that are held.

    Parameters
    ----------
    folder
        Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: set[str] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        """Remove what dead workers left, and begin to touch what is held."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for key in self._keys():
                self._remove_dead(key)
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
        """Give back what is still held."""
        self._over.set()
        self._thread.join()
        for key in list(self._held):
            self.release(key)

    def take(self, key: str) -> bool:
        """Claim a run; False if somebody is at it who lives.

        Raises
        ------
        UsageError
            If the claim cannot be written.
        """
        try:
            while not self._make(key):
                if not self._remove_dead(key):
                    return False
        except OSError as error:
            raise _unusable(self._folder, error) from None
        return True

    def _make(self, key: str) -> bool:
        """Write a claim; False if there is one."""
        path = self._folder / key
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        except FileExistsError:
            return False
        try:
            with os.fdopen(descriptor, "w") as stream:
                json.dump(owner(), stream)
        except OSError:  # a full disk; half a claim would keep everybody off
            path.unlink(missing_ok=True)
            raise
        with self._lock:
            self._held.add(key)
        return True

    def release(self, key: str) -> None:
        """Give a claim back."""
        with self._lock:
            self._held.discard(key)
        (self._folder / key).unlink(missing_ok=True)

    def others(self) -> list[str]:
        """Return the keys that somebody else holds who lives."""
        keys = self._keys()
        return [k for k in keys if k not in self._held and not self._is_dead(k)]

    def _keys(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted(p.name for p in self._folder.iterdir() if "." not in p.name)

    def _beat(self) -> None:
        while not self._over.wait(HEARTBEAT):
            with self._lock:
                held = list(self._held)
            for key in held:
                with suppress(OSError):  # the next touch may go well again
                    os.utime(self._folder / key)

    def _is_dead(self, key: str) -> bool:
        path = self._folder / key
        try:
            touched = path.stat().st_mtime
            made_by = json.loads(path.read_text())
        except FileNotFoundError:
            return True
        except (ValueError, OSError):
            made_by = None  # made this moment, or cut off by a crash
        me = owner()
        if isinstance(made_by, dict) and all(
            made_by.get(part) == me[part] for part in ("host", "boot")
        ):
            return not _lives(made_by)
        return self._now() - touched > LEASE

    def _remove_dead(self, key: str) -> bool:
        """Remove a claim whose owner is dead; False if he lives.

        Looking and removing are one step for all workers, by a lock. Else of two that saw
        the same dead claim the slower would remove what the quicker has made since.
        """
        if not self._is_dead(key):
            return False
        with locked(self._folder / ".lock"):
            if not self._is_dead(key):
                return False
            (self._folder / key).unlink(missing_ok=True)
        return True

    def _now(self) -> float:
        """Return the time by the clock of the claims' file system."""
        probe = self._folder / f".{secrets.token_hex(8)}.now"
        try:
            probe.touch()
            return probe.stat().st_mtime
        except OSError:  # only to be looked at, so nothing hangs on it
            return time.time()
        finally:
            probe.unlink(missing_ok=True)


def _unusable(folder: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{folder}: cannot be written to: {error.strerror or error}; make room or name"
        " another folder, and start the study again: finished runs stay."
    )


def _lives(made_by: dict[str, Any]) -> bool:
    """Say whether a process of this machine is still there, and still the same."""
    try:
        process = psutil.Process(int(made_by["pid"]))
        same = abs(process.create_time() - float(made_by["started"])) < 1.0
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except (psutil.NoSuchProcess, KeyError, TypeError, ValueError):
        return False
