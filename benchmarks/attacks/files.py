"""Files that are large, deep or misleading beyond reason."""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from pathlib import Path

from attacks.counts import Counts
from attacks.targets import LONGEST, OPTKIT, ROOT, TINY


def files(counts: Counts, rng: random.Random, rounds: int) -> None:
    """Feed files that are large, deep or misleading beyond reason."""
    document = TINY.read_text().rstrip().removesuffix("}").rstrip()
    digits, deep = "9" * 5000, 100_000
    network = json.loads((ROOT / "allocation" / "abilene.json").read_text())
    renamed = network["servers"][1]["id"]
    turned = json.dumps(f"\u202e{renamed}\u2066")
    suite = 'schema = "optkit/suite"\nschema_version = 1\nname = "s"\n'
    queue = json.loads((ROOT / "dispatch" / "no-cloud.json").read_text())
    queue["queue_limit"] = 1_000_000
    read: dict[str, tuple[str, str, set[int]]] = {
        "deep.json": ("[" * deep + "]" * deep, "validate {path}", {3}),
        "deep-key.json": (
            document + ', "extra": ' + '{"a":' * deep + "1" + "}" * deep + "}",
            "validate {path}",
            {3},
        ),
        "twice.json": (document + ', "name": "again"}', "validate {path}", {3}),
        "digits.json": (
            document + f', "x": {digits}}}',
            "validate {path}",
            {3},
        ),
        "deep.toml": (
            suite + "x = " + "[" * deep + "]" * deep,
            "bench run {path}",
            {3},
        ),
        "digits.toml": (suite + f"x = {digits}", "bench run {path}", {3}),
        "settings.toml": (
            "# x\n" * 400_000,
            "--config {path} solve " + str(TINY),
            {3},
        ),
        "turned.json": (
            json.dumps(network).replace(json.dumps(renamed), turned),
            "show {path}",
            {0},
        ),
        "queue.json": (
            json.dumps(queue),
            "solve {path} -s rollout --time-limit 5",
            {0, 11, 13},
        ),
    }
    with tempfile.TemporaryDirectory() as name:
        for file, (text, command, allowed) in read.items():
            path = Path(name) / file
            path.write_text(text)
            words = command.format(path=path)
            if words.startswith("bench"):
                words += f" -o {name}/study"
            ended = subprocess.run(
                [*OPTKIT, *words.split()],
                capture_output=True,
                text=True,
                check=False,
                timeout=LONGEST,
            )
            counts.judge(file, ended)
            shown = ended.stdout + ended.stderr
            if ended.returncode not in allowed:
                counts.faults.append(f"{file}: exit status {ended.returncode}")
            if any(sign in shown for sign in "\u202e\u2066"):
                counts.faults.append(f"{file}: a sign that reorders text is shown raw")
            if len(shown) > 20_000:
                counts.faults.append(f"{file}: {len(shown)} characters are printed")
