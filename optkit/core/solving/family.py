"""What a problem family hands to the core: its types, its checker, its tools.

Heavy parts are named as ``"module:attribute"`` and imported when they are used, so that
listing families costs nothing.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optkit.core.instance import Instance, Solution
from optkit.core.options import Options
from optkit.core.solving.result import Verification


def resolve(target: str) -> Any:
    """Import and return what ``"module:attribute"`` names."""
    return pkgutil.resolve_name(target)


@dataclass(frozen=True)
class Choice:
    """The solver that ``auto`` picked, and why."""

    solver: str
    reason: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tool:
    """A generator or an importer: a function with options of its own.

    Parameters
    ----------
    name
        What the command line calls it.
    summary
        One line for the reader.
    options
        ``"module:Options"``, a subclass of :class:`optkit.core.options.Options`.
    function
        ``"module:function"``; a generator is called with ``(options, seed)``, an
        importer with ``(source, options, seed)``; either returns a document.
    """

    name: str
    summary: str
    options: str
    function: str

    def options_type(self) -> type[Options]:
        """Return the class of its options."""
        found: type[Options] = resolve(self.options)
        return found


@dataclass(frozen=True)
class Family:
    """One problem family.

    Parameters
    ----------
    name
        What the command line calls it.
    summary
        One line for the reader.
    instance_type, solution_type
        Its documents.
    check
        ``check(instance, solution)``: everything recomputed, by code that no solver
        shares.
    choose
        ``choose(instance)``: the solvers that ``auto`` may stand for, the best first.
    solvers
        The package whose modules register the family's own solvers.
    check_seconds
        How long the check of an instance's solution takes, roughly.
    generator, importers
        Where instances come from.
    readers
        By the ending of a file's name (``".mps"``), ``"module:function"`` that reads such
        a file, called with its path; it returns a document, or raises what is wrong. So
        every command takes these files as they are.
    exporters
        By the name of a format, ``"module:function"`` that returns the bytes of an
        instance's file in it; where there is none, Pyomo writes what ``model`` makes.
    model
        ``"module:function"`` that makes the declarative Pyomo model of an instance.
    draw
        ``"module:function"``: ``draw(instance, solution | None, verification | None)``
        returns a matplotlib figure.
    tables
        ``"module:function"``: rows worth reading about an instance and its solution.
    contract_cases
        ``"module:CONTRACT_CASES"``, a
        :class:`optkit.core.tools.contract_cases.ContractCases` for the contract tests.
    reproductions
        ``"module:REPRODUCTIONS"``, an iterable of
        :class:`optkit.reproduction.engine.Reproduction`: tables and figures of papers.
    aims
        ``"module:AIMS"``, a :class:`optkit.core.tools.pareto.Aims`: the two aims that the
        family weighs against each other, if it does.
    trainer
        What trains policies: its function is called with ``(instances, options, seed,
        folder, tell)``, ``tell`` as :data:`optkit.core.tools.train.Tell`, and returns a
        :class:`optkit.core.tools.train.Trained`.
    composition
        ``"module:COMPOSITION"``, a
        :class:`optkit.core.solving.composition.Composition`: how
        names of solvers are put together from parts, if they may be.
    """

    name: str
    summary: str
    instance_type: type[Instance]
    solution_type: type[Solution]
    check: Callable[[Any, Any], Verification]
    choose: Callable[[Any], Sequence[Choice]]
    solvers: str
    check_seconds: Callable[[Any], float] = lambda _: 0.0
    generator: Tool | None = None
    importers: tuple[Tool, ...] = ()
    readers: Mapping[str, str] = field(default_factory=dict)
    exporters: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    draw: str | None = None
    tables: str | None = None
    contract_cases: str | None = None
    reproductions: str | None = None
    aims: str | None = None
    trainer: Tool | None = None
    composition: str | None = None
