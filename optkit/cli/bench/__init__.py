"""``optkit bench``: studies that compare solvers, one command per step."""

from __future__ import annotations

from cyclopts import App

from optkit.cli.bench.best import best
from optkit.cli.bench.compare import compare
from optkit.cli.bench.export import export
from optkit.cli.bench.report import report
from optkit.cli.bench.run import run
from optkit.cli.bench.status import status
from optkit.cli.groups import ARGUMENTS, OPTIONS

ABOUT = """Run and compare resumable studies of solvers on many instances.

For example:

  optkit bench run benchmarks/suites/smoke.toml -o study
  optkit bench status study
  optkit bench report study -o report.html
"""

app = App(
    name="bench",
    help=ABOUT,
    usage="Usage: optkit bench COMMAND [OPTIONS]",
    group_arguments=ARGUMENTS,
    group_parameters=OPTIONS,
)

app.command(run)
app.command(status)
app.command(report)
app.command(compare)
app.command(export)
app.command(best)
