"""The description of a problem family: its types, its checker, its tools.

Parts that are slow to import are named as ``"module:attribute"`` and imported when they
are used, so that listing the families is quick.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optkit.core.instance import Instance, NamedDocument, Solution
from optkit.core.options import Options
from optkit.core.solving.result import Verification


def resolve(target: str) -> Any:
    """Import and return the object that ``"module:attribute"`` names."""
    return pkgutil.resolve_name(target)


@dataclass(frozen=True)
class Choice:
    """A solver that suits an instance, and the reason."""

    solver: str
    reason: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tool:
    """A generator, importer or trainer: a function with options of its own.

    Parameters
    ----------
    name
        Its name on the command line.
    summary
        One line of description.
    options
        ``"module:Options"``, a subclass of :class:`optkit.core.options.Options`.
    function
        ``"module:function"``; a generator is called with ``(options, seed)``, an
        importer with ``(source, options, seed)``; either returns a document.
    source
        Name of the option by which an importer's file can be named too: ``"links"``.
    needs_source
        Whether an importer needs that file; one that does not gets None instead.
    """

    name: str
    summary: str
    options: str
    function: str
    source: str = ""
    needs_source: bool = True

    def options_type(self) -> type[Options]:
        """Return the class of its options."""
        options: type[Options] = resolve(self.options)
        return options


@dataclass(frozen=True)
class Family:
    """One problem family.

    Parameters
    ----------
    name
        Its name on the command line.
    summary
        One line of description.
    instance_type, solution_type
        Its documents.
    check
        ``check(instance, solution)`` recomputes everything about a solution, by code
        that no solver shares.
    choose
        ``choose(instance)`` returns the solvers that ``auto`` can use, the best first.
    solvers
        The package whose modules register the family's own solvers.
    objective, objective_unit
        What is minimised, in a few words, and its unit (``"jobs"``); no unit is ``""``.
    objective_at
        ``objective_at(instance, value)`` returns these words for one value of the
        objective, if they depend on the instance.
    solution_cost
        ``"module:function"``: ``solution_cost(instance, solution)`` returns the objective
        as solvers compute it, for ``run.evaluate``. It shares no code with the checker.
    bounds
        ``"module:BOUNDS"``, a sequence of
        :class:`optkit.core.solving.family_bounds.FamilyBound`, the cheapest first: what the
        family can prove about any answer, whoever found it.
    mean_bound
        Name of a metric whose mean over instances is a lower bound on the mean objective of
        the solvers whose results have it. A single run may be lucky, and have a lower
        objective, so it is compared with means only.
    check_seconds
        ``check_seconds(instance)`` estimates how long the check of a solution takes.
    generator, importers
        Make instances: at random, or from files of other formats.
    readers
        By the ending of a file's name (``".mps"``), a ``"module:function"`` that is
        called with a path, and with a second one if the user names it (``--aux``), and
        returns the document, or raises an error. Every command then takes such files.
    exporters
        By the name of a format, a ``"module:function"`` that returns an instance's file, as
        bytes or as a :class:`optkit.backends.model_files.contents.ModelFile`. MPS and LP
        files of other families are written from the model that ``model`` makes.
    model
        ``"module:function"`` that makes the declarative Pyomo model of an instance.
    solution_from_model
        ``"module:function"`` that is called with an instance, its model (None if the family
        has exporters of its own) and the
        :class:`optkit.backends.solution_files.values.ModelValues` of a solution file, and
        returns the solution as it stands there, without mending it.
    carry_over
        ``"module:function"`` that is called with a solution of another instance and with an
        instance, and returns it as a solution of this one, without solving anything; so
        ``optkit solve --initial`` takes such solutions, too.
    bilevel
        ``"module:function"`` that makes the Pyomo model of an instance with the blocks
        ``upper`` and ``lower`` of a bilevel program, if the family's problems are such.
    from_blocks
        ``"module:function"`` that makes an instance from two such blocks and a name, in the
        family of bilevel programs.
    unit_form
        ``"module:function"`` that takes an instance and returns it in units in which its
        numbers are near 1 (:class:`optkit.core.solving.units.UnitForm`), or None if they
        are so already. Solvers get to see that one alone.
    draw
        ``"module:function"``: ``draw(instance, solution | None, verification | None)``
        returns a matplotlib figure.
    tables
        ``"module:function"``: ``tables(instance, solution | None, verification | None)``
        returns a list of :class:`optkit.core.display.tables.Table`.
    frames
        ``"module:function"``: ``frames(instance, solution, verification)`` returns
        :data:`optkit.core.display.frames.Frames`, the solution as plain columns for
        :meth:`optkit.Result.to_frame`; the first is the family's main one.
    warm_up
        ``"module:function"`` of functions that call loops which no solver reaches on a tiny
        instance; ``optkit warm`` calls them.
    contract_cases
        ``"module:CONTRACT_CASES"``, a
        :class:`optkit.core.tools.contract_cases.ContractCases` for the contract tests.
    policy_contract
        ``"module:POLICY_CONTRACT"``: functions that take the class of a policy and raise an
        AssertionError if it breaks a promise, for :func:`optkit.testing.check_policy`.
    reproductions
        ``"module:REPRODUCTIONS"``, an iterable of
        :class:`optkit.reproduction.engine.Reproduction`: tables and figures of papers.
    aims
        ``"module:AIMS"``: the two aims between which the family's objective is a
        compromise (:class:`optkit.core.tools.pareto.aims.Aims`), or between which an option
        of its solvers decides (:class:`optkit.core.tools.pareto.aims.Knob`).
    certifier
        ``"module:function"``: ``certify(instance, solution | None, deadline)`` returns the
        document of a certificate, a proof that can be checked without a solver.
    certificate_checker
        ``"module:function"``: ``check(instance, certificate)`` is called with two documents
        and returns the bound and the value that are proven, infinite if there is none, or
        raises a ValueError. It shares no code with what makes certificates.
    excluding, restricted
        ``"module:function"``: ``excluding(instance, solutions)`` returns the instance
        without the decisions of some solutions, ``restricted(instance, solution)`` a
        solution of that as one of the instance itself.
    trainer
        Trains policies: its function is called with ``(instances, options, seed, folder,
        tell)``, where ``tell`` is a :data:`optkit.core.tools.train.Tell`, and returns a
        :class:`optkit.core.tools.train.Trained`.
    composition
        ``"module:COMPOSITION"``, a
        :class:`optkit.core.solving.composition.Composition`: how solvers are composed of
        parts, if they are.
    """

    name: str
    summary: str
    instance_type: type[Instance]
    solution_type: type[Solution]
    check: Callable[[Any, Any], Verification]
    choose: Callable[[Any], Sequence[Choice]]
    solvers: str
    objective: str = ""
    objective_unit: str = ""
    objective_at: Callable[[Any, float], str] | None = None
    solution_cost: str | None = None
    bounds: str | None = None
    mean_bound: str | None = None
    check_seconds: Callable[[Any], float] = lambda _: 0.0
    generator: Tool | None = None
    importers: tuple[Tool, ...] = ()
    readers: Mapping[str, str] = field(default_factory=dict)
    exporters: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    solution_from_model: str | None = None
    carry_over: str | None = None
    bilevel: str | None = None
    from_blocks: str | None = None
    unit_form: str | None = None
    draw: str | None = None
    tables: str | None = None
    frames: str | None = None
    warm_up: tuple[str, ...] = ()
    contract_cases: str | None = None
    policy_contract: str | None = None
    reproductions: str | None = None
    aims: str | None = None
    certifier: str | None = None
    certificate_checker: str | None = None
    excluding: str | None = None
    restricted: str | None = None
    trainer: Tool | None = None
    composition: str | None = None

    def meaning(self, instance: Instance, value: float | None) -> str:
        """Return what the objective of an instance is, in a few words, with its unit.

        Parameters
        ----------
        instance
            An instance of the family.
        value
            The objective of a solution; None if there is none.
        """
        words = self.objective
        if self.objective_at is not None and value is not None:
            words = self.objective_at(instance, value)
        unit = f" {self.objective_unit}" if self.objective_unit else ""
        return f"{unit} ({words})" if words else unit


@dataclass(frozen=True)
class FileKind:
    """A kind of file from which families make instances, such as a network.

    Parameters
    ----------
    name
        Its name on the command line.
    summary
        One line of description.
    document_type
        Its document.
    use
        What to do with it, for whoever takes it for an instance.
    importers
        Make such documents from files of other formats.
    generator
        Makes such documents at random.
    draw
        ``"module:function"``: ``draw(document)`` returns a matplotlib figure.
    tables
        ``"module:function"``: ``tables(document)`` returns a list of
        :class:`optkit.core.display.tables.Table`.
    """

    name: str
    summary: str
    document_type: type[NamedDocument]
    use: str
    importers: tuple[Tool, ...] = ()
    generator: Tool | None = None
    draw: str | None = None
    tables: str | None = None
