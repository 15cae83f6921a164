"""Solvers that are put together from named parts, such as ``REPORTING+NOTIFICATION``.

A family whose solvers fall into parts that go with each other in any way declares a
:class:`Composition`. The name ``a+b`` then stands for the solver made of ``a`` and ``b``,
wherever a solver's name may stand; only its parts are listed.
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
"""What stands between the parts in a name."""


@dataclass(frozen=True)
class Part:
    """One part of a composed name.

    Parameters
    ----------
    title
        What it is, in one word: ``"reporting"``.
    choices
        Returns the names that may stand there, each with a line for the reader.
    """

    title: str
    choices: Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class Composition:
    """How a family's solvers are composed.

    Parameters
    ----------
    parts
        What a name consists of, in order; two or more.
    make
        Makes the solver class from the parts' names. Its ``name`` is the composed name,
        and its options hold one group for each part that has any.
    """

    parts: Sequence[Part]
    make: Callable[[tuple[str, ...]], type[Solver[Any]]]

    @property
    def pattern(self) -> str:
        """Return what a name looks like: ``REPORTING+NOTIFICATION``."""
        return SEPARATOR.join(part.title.upper() for part in self.parts)

    def solver(self, name: str) -> type[Solver[Any]]:
        """Return the solver that a composed name stands for.

        Raises
        ------
        UsageError
            If it has too few or too many parts, or one of them is unknown.
        """
        names = tuple(name.split(SEPARATOR))
        if len(names) != len(self.parts):
            raise UsageError(
                f"solver {name!r}: {len(names)} names; the form is {self.pattern}."
            )
        wrong = [
            unknown(f"{part.title} part", given, choices)
            for part, given in zip(self.parts, names, strict=True)
            if given not in (choices := part.choices())
        ]
        if wrong:
            raise UsageError("\n".join(f"solver {name!r}: {text}" for text in wrong))
        return self.make(names)
