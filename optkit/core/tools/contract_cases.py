"""Instances with known optima, which a family provides for the contract tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from optkit.core.instance import Instance


@dataclass(frozen=True)
class ContractCase:
    """An instance and its optimum, found by brute force that no solver shares.

    Parameters
    ----------
    label
        What is special about it.
    instance
        The instance.
    optimum
        Its least objective; None if it has no solution.
    variants
        By the name of a variant of the family's problem, a function that computes the
        optimum of that variant. The optimum of a variant that is missing is not known.
    """

    label: str
    instance: Instance
    optimum: float | None
    variants: Mapping[str, Callable[[], float | None]] = field(default_factory=dict)

    def of(self, variant: str) -> ContractCase | None:
        """Return the case with the optimum of a variant; ``""`` is the problem itself."""
        if not variant:
            return self
        if variant not in self.variants:
            return None
        return replace(self, optimum=self.variants[variant]())


@dataclass(frozen=True)
class ContractCases:
    """The contract cases of one family.

    Parameters
    ----------
    random
        ``random(seed, count)`` makes that many tiny random instances.
    degenerate
        Makes instances of size zero, with one member, with zero weights and the like.
    large
        Makes an instance that no solver of the family finishes within seconds.
    """

    random: Callable[[int, int], Iterable[ContractCase]]
    degenerate: Callable[[], Iterable[ContractCase]]
    large: Callable[[], Instance]
