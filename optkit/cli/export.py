"""``optkit export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from optkit.cli.terminal import Terminal

if TYPE_CHECKING:
    from optkit.backends.model_files.contents import ModelFile
    from optkit.core.instance import Instance
    from optkit.core.solving.family import Family

Format = Literal["mps", "lp", "aux"]

FORMATS = ("mps", "lp", "aux")


def export(
    instance: Path,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    format_: Annotated[Format | None, Parameter(name="--format")] = None,
    aux: Path | None = None,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Write the declarative model of an instance, for use with another solver.

    For example:

      optkit export instance.json -o model.mps
      optkit export instance.json --format lp -o model.lp.gz
      optkit export bilevel.json -o bilevel.aux
      optkit export discovery.json -o discovery.aux

    The model is minimised. Variables and constraints keep their names, except those
    that the format does not allow: comments at the head of the file list them. An
    aux file holds the follower of a bilevel program, for MibS. For discovery, its
    MPS file is written beside it.

    Parameters
    ----------
    instance
        Instance file.
    output
        File to write; compressed if it ends in .gz.
    format_
        mps, lp or aux; by default, the ending of the file decides.
    aux
        Aux file of an .mps instance; by default, the one beside it.
    """
    from optkit.cli.writable_paths import require_writable
    from optkit.core.runtime.collector import paused_collector
    from optkit.core.solving.describe import describe, family_of
    from optkit.core.tools.instance_files import load_instance

    kind = _format(output, format_)
    require_writable(output, instance, aux, *_beside(instance))
    problem = load_instance(instance, aux)
    family = family_of(problem)
    # A model is millions of small objects that all stay.
    with paused_collector():
        files = _files(family, problem, kind, output)
    for path, written in files.items():
        _write(path, written, terminal)
        terminal.note(f"{path}: {describe(problem)}")
    return 0


def _format(output: Path, given: Format | None) -> str:
    """Return the format; refuse an ending that says another one."""
    from optkit.core.errors import UsageError

    plain = output.with_suffix("") if output.suffix.lower() == ".gz" else output
    ending = plain.suffix.lstrip(".").lower()
    if ending in FORMATS and given not in (None, ending):
        raise UsageError(
            f"{output}: the ending says {ending}, and --format {given}; name a file that"
            f" ends in .{given}, or leave out --format."
        )
    if given is None and ending not in FORMATS:
        raise UsageError(
            f"{output}: the ending is not a format; give --format mps, lp or aux."
        )
    return given or ending


def _beside(instance: Path) -> list[Path]:
    """Return the files that are read together with an MPS or aux file."""
    from optkit.core.solving import registry

    plain = instance.with_suffix("") if instance.suffix.lower() == ".gz" else instance
    readers = {ending for f in registry.families().values() for ending in f.readers}
    if plain.suffix.lower() not in readers:
        return []
    stem = plain.with_suffix("")
    endings = (".mps", ".aux", ".mps.aux", ".txt")
    return [
        stem.with_name(f"{stem.name}{e}{gz}") for e in endings for gz in ("", ".gz")
    ]


def _files(
    family: Family, problem: Instance, kind: str, output: Path
) -> dict[Path, ModelFile | bytes]:
    """Return the files to write, by path."""
    from optkit.backends.compiler import compile_model
    from optkit.backends.model_files.contents import contents
    from optkit.backends.model_files.lp import write_lp
    from optkit.backends.model_files.mps import write_mps
    from optkit.core.errors import UnavailableError
    from optkit.core.solving.family import resolve

    if kind in family.exporters:
        exporter = resolve(family.exporters[kind])
        if kind == "aux":
            return {output: exporter(problem, mps=_mps_beside(output).name)}
        return {output: exporter(problem)}
    if kind == "aux":
        if family.bilevel is None:
            raise UnavailableError(
                f"family {family.name!r} has no follower to write as aux; use mps or lp."
            )
        return _pair(problem, resolve(family.bilevel)(problem), output)
    if family.model is None:
        raise UnavailableError(f"family {family.name!r} has no declarative model.")
    model = contents(compile_model(resolve(family.model)(problem)))
    return {output: write_mps(model) if kind == "mps" else write_lp(model)}


def _pair(problem: Instance, model: Any, output: Path) -> dict[Path, ModelFile | bytes]:
    """Return the MPS and the aux file of a Pyomo model with an upper and a lower block."""
    from optkit.core.errors import UsageError
    from optkit.core.files.paths import exists, is_file
    from optkit.core.files.text import read_text
    from optkit.core.solving import registry
    from optkit.core.solving.family import resolve

    family = next(f for f in registry.families().values() if f.from_blocks is not None)
    assert family.from_blocks is not None
    program = resolve(family.from_blocks)(model.upper, model.lower, problem.name)
    mps = _mps_beside(output)
    written = resolve(family.exporters["mps"])(program)
    if exists(mps) and (not is_file(mps) or read_text(mps) != written.text):
        raise UsageError(
            f"{mps}: exists, and the MPS file that belongs to {output.name} would replace"
            " it; name another file, or remove it first."
        )
    return {
        mps: written,
        output: resolve(family.exporters["aux"])(program, mps=mps.name),
    }


def _mps_beside(output: Path) -> Path:
    """Return the path of the MPS file that belongs to an aux file."""
    plain = output.with_suffix("") if output.suffix.lower() == ".gz" else output
    return plain.with_name(plain.name.removesuffix(".aux") + ".mps")


def _write(path: Path, written: ModelFile | bytes, terminal: Terminal) -> None:
    from optkit.core.files.text import write_bytes

    if isinstance(written, bytes):
        write_bytes(path, written)
        return
    write_bytes(path, written.data)
    for note in written.notes:
        terminal.note(f"{path}: {note}")
