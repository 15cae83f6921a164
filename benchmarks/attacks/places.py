"""Disks, folders and caches that are too small or gone."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from attacks.counts import Counts, check_output, judged_shell
from attacks.targets import INSTANCES, OPTKIT, SMALL_SUITE, SYNC, TINY

_PLACES = {
    "mkdir {folder}/gone; ({solve} -o {folder}/gone/a.json & sleep 2;"
    " rm -rf {folder}/gone; wait $!)": {0, 2},
    "mkdir {folder}/cwd; cd {folder}/cwd; rmdir {folder}/cwd; {tiny} -o x.json": {2},
    "mkdir {folder}/cwd2; cd {folder}/cwd2; rmdir {folder}/cwd2; {tiny}": {0},
    "{tiny} <&- -o {folder}/no-stdin.json": {0},
    "HOME=/nonexistent XDG_CACHE_HOME=/dev/null/x {sync}": {0},
    "touch {folder}/file; XDG_CACHE_HOME={folder}/file NUMBA_CACHE_DIR={folder}/file"
    " {sync}": {0},
    "{optkit} bench run {folder}/suite.toml -o {folder}/hup & sleep 3; kill -HUP $!;"
    " wait $!": {0, 129},
    "{sync} -s periodic -o {folder}/two.json & {sync} -o {folder}/two.json; wait;"
    " {optkit} check {sync_file} {folder}/two.json": {0},
    "{tiny} -o {folder}/" + "n" * 250 + ".json": {0},
}
"""Commands, and the exit statuses that are right for them."""


def places(counts: Counts, rng: random.Random, rounds: int) -> None:
    """Take outputs, folders, caches and streams away, or make them too small."""
    words = " ".join([*OPTKIT, "-q"])
    instance = rng.choice(INSTANCES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "suite.toml").write_text(SMALL_SUITE)
        known = {
            "optkit": words,
            "solve": f"{words} solve {instance} --time-limit 3",
            "tiny": f"{words} solve {TINY}",
            "sync": f"{words} solve {SYNC}",
            "sync_file": SYNC,
            "folder": folder,
        }
        for shell, allowed in _PLACES.items():
            judged_shell(shell.format(**known), allowed, counts)
        for kib in (1, 4, 8, 12, 16, 24):
            target = folder / f"disk-{kib}"
            target.mkdir()
            for command in (
                f"solve {instance} --time-limit 3 -o {target}/a.json",
                f"export {instance} -o {target}/m.mps",
                f"show {instance} -o {target}/f.svg",
                f"bench run {folder}/suite.toml -o {target}/study",
            ):
                # RLIMIT_FSIZE ends a write as a full disk does, and needs no rights.
                judged_shell(
                    f"ulimit -f {kib}; {words} {command}", {0, 2, 11, 13}, counts
                )
            check_output(instance, target / "a.json", counts, f"{kib} KiB", False)
            judged_shell(
                f"{words} bench run {folder}/suite.toml -o {target}/study", {0}, counts
            )
