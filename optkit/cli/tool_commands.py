"""Commands made from a family's tools: each option of a tool is a flag."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

from cyclopts import Parameter

from optkit.cli.instances import described
from optkit.cli.terminal import Terminal
from optkit.cli.values import real, whole

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from optkit.core.instance import Instance
    from optkit.core.solving.family import Tool

Seed = Annotated[
    int, Parameter(converter=whole, help="The same seed gives the same instance.")
]
Output = Annotated[
    Path | None,
    Parameter(alias="-o", help="File to write; without it, standard output."),
]
Hidden = Annotated[Terminal, Parameter(parse=False)]


def signature(
    tool: Tool, *first: inspect.Parameter, seed: Any = Seed, output: Any = Output
) -> inspect.Signature:
    """Return the signature of the command that runs ``tool``.

    Parameters
    ----------
    tool
        The generator, importer or trainer.
    first
        Parameters before its options.
    seed, output
        How ``--seed`` and ``--output`` are annotated.
    """
    options = [
        _keyword(
            name,
            Annotated[field.annotation, _flag(field)],
            field.get_default(call_default_factory=True),
        )
        for name, field in tool.options_type().model_fields.items()
    ]
    common = [_keyword("seed", seed, 0), _keyword("output", output, None)]
    last = inspect.Parameter(
        "terminal", inspect.Parameter.KEYWORD_ONLY, annotation=Hidden
    )
    return inspect.Signature([*first, *options, *common, last])


def _flag(field: FieldInfo) -> Parameter:
    """Return how a field of the options is given on the command line."""
    from optkit.core.options import former_names

    kinds = get_args(field.annotation) or (field.annotation,)
    converter = whole if int in kinds else real if float in kinds else None
    return Parameter(
        help=field.description,
        negative_bool="no-",
        converter=converter,
        alias=[f"--{name.replace('_', '-')}" for name in former_names(field)] or None,
    )


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
    )


def dressed(function: Any, shape: inspect.Signature, text: str) -> Any:
    """Give ``function`` the signature and the help text of a command."""
    function.__signature__ = shape
    function.__annotations__ = {
        name: parameter.annotation for name, parameter in shape.parameters.items()
    }
    function.__doc__ = text
    return function


def deliver(instance: Instance, output: Path | None, terminal: Terminal) -> int:
    """Write an instance to where it was asked for, and say what it is."""
    if output is None:
        terminal.document(instance.document())
    else:
        from optkit.core.tools.instance_files import save_instance

        save_instance(instance, output)
    where = f"{output}: " if output else ""
    terminal.note(f"{where}{described(instance)} sha256 {instance.sha256[:12]}")
    return 0
