"""``optkit export``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from optkit.cli.terminal import Terminal

Format = Literal["mps", "lp", "aux"]


def export(
    instance: Path,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    format_: Annotated[Format | None, Parameter(name="--format")] = None,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Write the declarative model of an instance, for use with another solver.

    For example:

      optkit export network.json -o network.mps
      optkit export network.json --format lp -o model.lp.gz
      optkit export bilevel.json -o bilevel.aux

    Variables and constraints keep their names in the model.

    Parameters
    ----------
    instance
        Instance file.
    output
        File to write; compressed if it ends in .gz.
    format_
        mps, lp, or aux (the follower of a bilevel program, for MibS); by default
        it follows from the ending of the file.
    """
    import optkit
    from optkit.cli.instances import describe, family_of
    from optkit.cli.writable_paths import require_writable
    from optkit.core.errors import UnavailableError
    from optkit.core.files.text import write_bytes
    from optkit.core.solving.family import resolve

    kind = format_ or _ending(output)
    require_writable(output, instance)
    problem = optkit.load(instance)
    family = family_of(problem)
    if kind in family.exporters:
        write_bytes(output, resolve(family.exporters[kind])(problem))
        terminal.note(f"{output}: {describe(problem)}")
        return 0
    if kind == "aux":
        raise UnavailableError(
            f"family {family.name!r} has no follower to write as aux; use mps or lp."
        )
    if family.model is None:
        raise UnavailableError(f"family {family.name!r} has no declarative model.")
    model = resolve(family.model)(problem)
    write_bytes(output, _model_file(model, kind))
    terminal.note(f"{output}: {_counts(model)}")
    return 0


def _ending(output: Path) -> str:
    from optkit.core.errors import UsageError

    suffixes = [suffix.lstrip(".") for suffix in output.suffixes if suffix != ".gz"]
    if suffixes and suffixes[-1] in ("mps", "lp", "aux"):
        return suffixes[-1]
    raise UsageError(
        f"{output}: the ending is not a format; give --format mps, lp or aux."
    )


def _model_file(model: Any, kind: str) -> bytes:
    """Return the file that Pyomo writes for a model."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"model.{kind}")
        # Without symbolic labels the names would be x1, x2, ...
        model.write(str(path), io_options={"symbolic_solver_labels": True})
        return path.read_bytes()


def _counts(model: Any) -> str:
    from pyomo.environ import Constraint, Var

    variables = sum(1 for _ in model.component_data_objects(Var))
    rows = sum(1 for _ in model.component_data_objects(Constraint, active=True))
    return f"{variables} variables, {rows} constraints"
