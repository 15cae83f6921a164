"""Commands from the tools of families: each option of a tool becomes a flag."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

from cyclopts import Parameter

from optkit.cli.terminal import Terminal
from optkit.cli.values import parse_float, parse_int, parse_ints
from optkit.core.solving.describe import describe

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from optkit.core.instance import NamedDocument
    from optkit.core.solving.family import Tool

Seed = Annotated[
    int,
    Parameter(
        converter=parse_int, help="Random seed; the same seed gives the same instance."
    ),
]
Output = Annotated[
    Path | None,
    Parameter(alias="-o", help="File to write; by default, standard output."),
]
HiddenTerminal = Annotated[Terminal, Parameter(parse=False)]


def signature(
    tool: Tool,
    *first: inspect.Parameter,
    seed: Any = Seed,
    output: Any = Output,
    further: Sequence[inspect.Parameter] = (),
) -> inspect.Signature:
    """Return the signature of the command that runs a tool.

    Parameters
    ----------
    tool
        The generator, importer or trainer.
    first
        Parameters before its options.
    seed, output
        Annotations of ``--seed`` and ``--output``.
    further
        Parameters after its options.
    """
    options = [
        _keyword(
            name,
            Annotated[field.annotation, _flag(name, field)],
            field.get_default(call_default_factory=True),
        )
        for name, field in tool.options_type().model_fields.items()
    ]
    common = [_keyword("seed", seed, 0), _keyword("output", output, None)]
    last = inspect.Parameter(
        "terminal", inspect.Parameter.KEYWORD_ONLY, annotation=HiddenTerminal
    )
    return inspect.Signature([*first, *options, *further, *common, last])


def _flag(option: str, field: FieldInfo) -> Parameter:
    """Return the flag for a field of the tool's options, former names included."""
    from optkit.core.options import former_names

    kinds = get_args(field.annotation) or (field.annotation,)
    converter: Any = None
    if kinds == (int, ...):
        converter = parse_ints
    elif int in kinds:
        converter = parse_int
    elif float in kinds:
        converter = parse_float
    return Parameter(
        help=field.description,
        negative=f"--no-{option.replace('_', '-')}" if bool in kinds else (),
        converter=converter,
        alias=[f"--{name.replace('_', '-')}" for name in former_names(field)] or None,
    )


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
    )


def paths_in(options: Mapping[str, Any]) -> list[Path]:
    """Return the files that options name."""
    values = [
        item
        for value in options.values()
        for item in (value if isinstance(value, tuple) else (value,))
    ]
    return [value for value in values if isinstance(value, Path)]


def as_command(function: Any, shape: inspect.Signature, text: str) -> Any:
    """Give a function the signature and the help text of a command, and return it."""
    function.__signature__ = shape
    function.__annotations__ = {
        name: parameter.annotation for name, parameter in shape.parameters.items()
    }
    function.__doc__ = text
    return function


def write_instance(
    instance: NamedDocument, output: Path | None, terminal: Terminal
) -> int:
    """Write a document to a file or to standard output, and note what it is."""
    if output is None:
        terminal.document(instance.document())
    else:
        from optkit.core.tools.instance_files import save_instance

        save_instance(instance, output)
    prefix = f"{output}: " if output else ""
    terminal.note(f"{prefix}{describe(instance)} sha256 {instance.sha256[:12]}")
    return 0
