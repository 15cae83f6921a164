"""The tree of a certificate: grown best bound first, and proven leaf by leaf."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.exact.certificate.exact_program import (
    Exact,
    ExactProgram,
    Form,
    Row,
    Rule,
    negative,
    step_of,
)
from optkit.bilevel.exact.certificate.relaxation import NO_GOAL, Relaxation, Relaxations
from optkit.core.errors import OptkitError, UnavailableError

FRACTION = 1e-6
"""A column that is nearer than this to an integer counts as integer."""

_NEAR = 1e-6
"""A relaxation that is below the claim by less than this, relative, may still prove it."""

_LOWERED = (1e-13, 1e-11, 1e-9, 1e-7, 1e-5, 1e-3)
"""Shares of its size by which a bound that is not proven in fractions is lowered."""

Divide = Callable[[Relaxation], Rule | tuple[int, int] | None]
"""Says how to divide a part, by its relaxation: a rule of the follower, or a column and the
integer at which it is split. None where nothing is left to divide."""


@dataclass(eq=False)
class Part:
    """A node of the tree: a part of the program.

    Parameters
    ----------
    rows
        The rows that make it, beside those of the program.
    bound
        The optimum of its relaxation.
    division
        How it is divided; None for a leaf.
    children
        The parts into which it is divided.
    weights
        Of a leaf, those of the rows whose sum the bounds exclude; None if not proven yet.
    """

    rows: tuple[Row, ...]
    bound: float = -math.inf
    division: Rule | tuple[int, int] | None = None
    children: list[Part] = field(default_factory=list)
    weights: dict[int, int] | None = None


class Tree:
    """A proof of ``goal z >= claim`` over a program, as far as it has grown.

    Parameters
    ----------
    program
        The program; its bounds are those of the certificate.
    rows
        The rows of the whole.
    goal
        What is minimised, without its constant.
    claim
        What is to be proven; None to prove as much as possible.
    divide
        Chooses how to divide a part.
    """

    def __init__(
        self,
        program: ExactProgram,
        rows: Sequence[Row],
        goal: Form,
        claim: Exact | None,
        divide: Divide,
    ) -> None:
        self._program, self._goal = program, goal
        self._relaxations = Relaxations(program, rows, goal)
        self._divide = divide
        self.step = step_of(goal) if goal and program.whole.issuperset(goal) else None
        self.claim: Exact | None = claim
        self.root = Part(())
        self._open: list[tuple[float, int, Part]] = []
        self._finished: list[Part] = []
        self._numbers = itertools.count()

    def grow(self, should_stop: Callable[[], bool]) -> bool:
        """Divide parts until the claim is proven; return whether it is.

        Without a claim, until no part is left to divide, or the deadline. Parts whose
        bound is not below that of a part that nothing divides are left alone.
        """
        if self.trivial:
            return True
        if not self._bound(self.root):
            raise OptkitError(
                "the relaxation has no point, and no proof of it in fractions was found;"
                " the program's coefficients differ too much in size."
            )
        self._queue([self.root])
        least_final = math.inf
        while self._open and not should_stop():
            bound, _, part = self._open[0]
            if bound >= least_final:
                break
            relaxation = self._relaxation(part)
            assert relaxation.point is not None
            division = self._divide(relaxation)
            # An interruption leaves the part in the queue, or its children, or both.
            if division is not None and self._divide_into(part, division):
                self._queue(part.children)
            else:
                least_final = min(least_final, bound)
                self._finished.append(part)
            heapq.heappop(self._open)
        return not self._open and not self._finished

    def _divide_into(self, part: Part, division: Rule | tuple[int, int]) -> bool:
        """Divide a part; return whether every part of it is bounded in fractions."""
        children = []
        for rows in self._divided(division):
            child = Part((*part.rows, *rows))
            children.append(child)
            if not self._bound(child, len(rows)):
                return False
            child.bound = max(child.bound, part.bound)
        part.division, part.children = division, children
        return True

    def _queue(self, parts: Sequence[Part]) -> None:
        for part in parts:
            if part.weights is None:
                heapq.heappush(self._open, (part.bound, next(self._numbers), part))

    def _divided(self, division: Rule | tuple[int, int]) -> Iterator[list[Row]]:
        if isinstance(division, Rule):
            yield from self._program.cases(division)
            return
        column, value = division
        for form, least, strict in (
            ({column: -1}, -value, False),
            ({column: 1}, value, True),
        ):
            row = self._program.narrowed(form, least, strict)
            if row is not None:
                yield [row]

    def _relaxation(self, part: Part) -> Relaxation:
        return self._relaxations.of(self._goal_row(), part.rows)

    def _goal_row(self) -> Row:
        """Return the row that says that the goal is below the claim."""
        if self.claim is None:
            return NO_GOAL
        row = self._program.narrowed(negative(self._goal), -self.claim, strict=True)
        return row or NO_GOAL  # where the bounds prove the claim, there are no parts

    @property
    def trivial(self) -> bool:
        """Whether the bounds of the columns alone prove the claim."""
        return self.claim is not None and self._program.excludes(
            negative(self._goal), -self.claim, strict=True
        )

    def _bound(self, part: Part, fresh: int = 0) -> bool:
        """Bound a part, or prove it; return False if it has no point, and no proof of that.

        Parameters
        ----------
        part
            The part.
        fresh
            How many of its last rows its parent does not have.
        """
        relaxation = self._relaxation(part)
        part.weights = relaxation.refuted(fresh)
        if part.weights is not None:
            part.bound = math.inf
            return True
        result = relaxation.result
        part.bound = result.bound
        if result.status is SolveStatus.INFEASIBLE or self._may_prove(result.bound):
            part.weights = relaxation.proof()
        return part.weights is not None or relaxation.point is not None

    def _may_prove(self, bound: float) -> bool:
        """Return whether a relaxation with this bound may prove the claim."""
        if self.claim is None:
            return False
        if self.step is not None:
            return bound > float(self.claim - self.step) + _NEAR * float(self.step)
        return bound >= float(self.claim) - _NEAR * max(1.0, abs(float(self.claim)))

    def settle(self) -> None:
        """Lower the claim to what is proven, and prove every leaf."""
        left = [part for _, _, part in self._open] + self._finished
        if not left:
            return
        least = min(part.bound for part in left)
        if self.claim is not None:
            least = min(least, float(self.claim))
        if least == -math.inf:
            raise UnavailableError(
                "no bound is proven within the time limit: the relaxation of a part that is"
                " left is unbounded. Bound the columns, or give more time."
            )
        for share in _LOWERED:
            lowered = Fraction(least - share * max(1.0, abs(least)))
            self.claim = self._on_grid(lowered.limit_denominator(10**13))
            if self._prove_all():
                return
        raise UnavailableError(
            "no bound could be proven in fractions: the program's coefficients differ too"
            " much in size."
        )

    def _on_grid(self, claim: Fraction) -> Exact:
        """Round a claim up to the next possible value of the goal."""
        if self.step:
            claim = self.step * -(-claim // self.step)
        return claim.numerator if claim.denominator == 1 else claim

    def _prove_all(self) -> bool:
        for part in self._preorder():
            # Weights that prove a leaf for a claim prove it for a smaller one, too.
            if part.division is None and part.weights is None:
                part.weights = self._relaxation(part).proof()
                if part.weights is None:
                    return False
        return True

    def _preorder(self) -> Iterator[Part]:
        stack = [] if self.trivial else [self.root]
        while stack:
            part = stack.pop()
            yield part
            stack += reversed(part.children)

    def document(self) -> list[list[object]]:
        """Return the nodes in preorder, ready for JSON."""
        return [self._node(part) for part in self._preorder()]

    def _node(self, part: Part) -> list[object]:
        if isinstance(part.division, Rule):
            return ["response", self._rule(part.division)]
        if part.division is not None:
            column, value = part.division
            return ["split", self._program.names[column], value]
        assert part.weights is not None, "every leaf has been proven"
        return ["leaf", [list(pair) for pair in sorted(part.weights.items())]]

    def _rule(self, rule: Rule) -> dict[str, object]:
        names = self._program.names
        return {
            names[j]: [
                written(constant),
                {names[k]: written(a) for k, a in rule.terms.get(j, {}).items()},
            ]
            for j, constant in rule.constants.items()
        }


def written(number: Exact) -> int | str:
    """Return a number as certificates write it: an integer, or ``"p/q"``."""
    fraction = Fraction(number)
    return fraction.numerator if fraction.denominator == 1 else str(fraction)
