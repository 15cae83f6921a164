"""Describes the machine that a measurement was made on."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine() -> dict[str, str]:
    """Return processor, number of processors, memory and system; nothing identifying."""
    if hasattr(os, "sched_getaffinity"):
        usable = len(os.sched_getaffinity(0))
    else:
        usable = os.cpu_count() or 1
    description = {
        "processor": _processor(),
        "processors usable": str(usable),
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
    }
    memory = _memory_gib()
    if memory is not None:
        description["memory"] = f"{memory:.0f} GiB"
    return description


def _processor() -> str:
    """Return the processor's name as the operating system gives it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> float | None:
    """Return the memory in GiB; None if the operating system does not say."""
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return pages * size / 2**30
