"""Compare our reading of MPS files with that of HiGHS.

``python benchmarks/mps_as_highs_reads.py FOLDER ...`` reads every ``.mps`` and ``.mps.gz``
file below the folders, for example of a copy of HiGHS's or MibS's repository. For each file
that we refuse although HiGHS reads it, or read otherwise, it prints the reason or the
difference.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import highspy
import numpy as np

from optkit.bilevel.data.formats.mps import MpsModel, read_mps
from optkit.core.errors import OptkitError

SMALL = 1e-9
"""Coefficients up to this size are dropped by HiGHS."""


def differences(model: MpsModel, lp: highspy.HighsLp) -> Iterator[str]:
    """Yield what differs between our model and that of HiGHS."""
    if list(lp.col_names_) != list(model.columns):
        yield f"columns {list(model.columns)[:3]} against {list(lp.col_names_)[:3]}"
        return
    if list(lp.row_names_) != list(model.rows):
        yield f"rows {list(model.rows)[:3]} against {list(lp.row_names_)[:3]}"
        return
    pairs = {
        "lower bounds": (model.lower, lp.col_lower_),
        "upper bounds": (model.upper, lp.col_upper_),
        "left sides": (model.low, lp.row_lower_),
        "right sides": (model.high, lp.row_upper_),
    }
    for what, (ours, theirs) in pairs.items():
        for k in np.flatnonzero(np.array(ours) != np.array(theirs)):
            yield f"{what} of number {k}: {ours[k]} against {theirs[k]}"
            break
    cost = np.zeros(len(model.columns))
    cost[list(model.cost)] = list(model.cost.values())
    maximised = lp.sense_ == highspy.ObjSense.kMaximize
    if not np.array_equal(cost, (-1 if maximised else 1) * np.array(lp.col_cost_)):
        yield "the objective"
    entries = sum(abs(v) > SMALL for row in model.entries for v in row.values())
    if entries != len(lp.a_matrix_.value_):
        yield f"{entries} coefficients against {len(lp.a_matrix_.value_)}"


def main() -> None:
    """Compare all files below the folders, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    counts: Counter[str] = Counter()
    for folder in parser.parse_args().folders:
        for path in sorted([*folder.rglob("*.mps"), *folder.rglob("*.mps.gz")]):
            solver = highspy.Highs()
            solver.setOptionValue("output_flag", False)
            read = solver.readModel(str(path)) != highspy.HighsStatus.kError
            try:
                model = read_mps(path)
            except OptkitError as error:
                counts[f"refused, {'read' if read else 'refused'} by HiGHS"] += 1
                if read:
                    print(str(error)[:200])
                continue
            if not read:
                counts["read, refused by HiGHS"] += 1
                print(f"{path}: HiGHS refuses it")
                continue
            found = list(differences(model, solver.getLp()))
            counts["read otherwise" if found else "read alike"] += 1
            if found:
                print(f"{path}: {'; '.join(found)}")
    print(", ".join(f"{count} {what}" for what, count in counts.items()))


if __name__ == "__main__":
    main()
