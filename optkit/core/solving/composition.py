"""Solvers that are composed of named parts, such as ``REPORTING+NOTIFICATION``.

A family whose solvers consist of parts that can be combined freely declares a
:class:`Composition`. The name ``a+b`` then means the solver composed of ``a`` and ``b``
wherever a solver is named; only the parts are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optkit.core.errors import UsageError
from optkit.core.suggest import unknown

if TYPE_CHECKING:
    from optkit.core.solving.solver import Solver

SEPARATOR = "+"
"""Separates the parts in a name."""


@dataclass(frozen=True)
class Part:
    """One part of a composed name.

    Parameters
    ----------
    title
        What the part is, in one word: ``"reporting"``.
    choices
        Returns the names it can have, each with a line of description.
    """

    title: str
    choices: Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class Composition:
    """How a family's solvers are composed.

    Parameters
    ----------
    parts
        The parts of a name, in order; two or more.
    make
        Makes the solver class from the names of the parts. Its ``name`` is the composed
        name, and its options have one group per part that has options.
    """

    parts: Sequence[Part]
    make: Callable[[tuple[str, ...]], type[Solver[Any]]]

    @property
    def pattern(self) -> str:
        """Return the form of a name: ``REPORTING+NOTIFICATION``."""
        return SEPARATOR.join(part.title.upper() for part in self.parts)

    def solver(self, name: str) -> type[Solver[Any]]:
        """Return the solver with a composed name.

        Raises
        ------
        UsageError
            If the name has too few or too many parts, or one of them is unknown.
        """
        names = tuple(name.split(SEPARATOR))
        if len(names) != len(self.parts):
            raise UsageError(
                f"solver {name!r}: {len(names)} names; the form is {self.pattern}."
            )
        wrong = [
            unknown(f"{part.title} part", choice, choices)
            for part, choice in zip(self.parts, names, strict=True)
            if choice not in (choices := part.choices())
        ]
        if wrong:
            raise UsageError("\n".join(f"solver {name!r}: {text}" for text in wrong))
        return self.make(names)
