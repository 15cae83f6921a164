"""``optkit bench``: studies that compare solvers, a command a step."""

from __future__ import annotations

from cyclopts import App

from optkit.cli.groups import ARGUMENTS, OPTIONS

ABOUT = """Compare solvers on many instances, in studies that survive.

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

app.command("optkit.cli.bench.run:run", name="run")
app.command("optkit.cli.bench.status:status", name="status")
app.command("optkit.cli.bench.report:report", name="report")
app.command("optkit.cli.bench.compare:compare", name="compare")
app.command("optkit.cli.bench.export:export", name="export")
app.command("optkit.cli.bench.best:best", name="best")
