"""What a family offers the contract tests: instances with answers known otherwise."""

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
        What it tries.
    instance
        The instance.
    optimum
        Its least objective; None where it has no solution.
    variants
        Optima of the family's variants of the problem, by the name that a solver of one
        declares; found when asked for. A variant that is missing has no known optimum.
    """

    label: str
    instance: Instance
    optimum: float | None
    variants: Mapping[str, Callable[[], float | None]] = field(default_factory=dict)

    def of(self, variant: str) -> ContractCase | None:
        """Return the case with the optimum of one variant; itself for ``""``."""
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
        ``random(seed, count)``: that many tiny random instances.
    degenerate
        Instances of zero size, with one member, with zero weights and the like.
    large
        An instance on which no solver of the family ends within seconds.
    """

    random: Callable[[int, int], Iterable[ContractCase]]
    degenerate: Callable[[], Iterable[ContractCase]]
    large: Callable[[], Instance]
