"""A bilevel program in fractions, and the steps by which a certificate divides it."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from optkit.bilevel.instance import BilevelInstance, Column, Objective
from optkit.bilevel.instance import Row as InstanceRow

Exact = int | Fraction
Form = Mapping[int, Exact]
"""A linear function: coefficients by index of the column, none of them zero."""

Side = Exact | float
"""A number, or infinity."""


class Row(NamedTuple):
    """One inequality, ``form z >= least``, or ``form z > least`` if it is strict."""

    form: Form
    least: Side
    strict: bool = False


@dataclass(frozen=True, eq=False)
class Rule:
    """A response that the follower could choose instead: y' = rule(z), an affine function.

    Parameters
    ----------
    constants, terms
        By index of a lower column: y'_k is its constant plus its terms at z. Columns that
        are not named keep their value.
    """

    constants: Mapping[int, Exact]
    terms: Mapping[int, Form]

    def substitute(self, form: Form) -> tuple[dict[int, Exact], Exact]:
        """Return terms and constant of a form with y' in the place of y."""
        terms: dict[int, Exact] = {}
        shift: Exact = 0
        for j, a in form.items():
            if j not in self.constants:
                terms[j] = terms.get(j, 0) + a
                continue
            shift += a * self.constants[j]
            for k, b in self.terms.get(j, {}).items():
                terms[k] = terms.get(k, 0) + a * b
        return {j: a for j, a in terms.items() if a}, shift


class ExactProgram:
    """A bilevel program in fractions, its numbers as the instance file writes them.

    Parameters
    ----------
    instance
        The program.

    Attributes
    ----------
    names
        Names of the columns.
    whole
        Indices of the integer columns.
    follower
        Indices of the lower columns.
    bounds
        Bounds of the columns; infinite where there is none.
    rows
        The lower and the upper side of every column, then those of every row.
    own_rows
        Those of them that belong to the follower.
    cost, constant
        The leader's objective, to be minimised.
    wish
        The follower's, without terms in the leader's columns.
    """

    def __init__(self, instance: BilevelInstance) -> None:
        columns = instance.columns
        self.names = [column.id for column in columns]
        index = {name: j for j, name in enumerate(self.names)}
        self.whole = frozenset(j for j, c in enumerate(columns) if c.integer)
        self.follower = frozenset(
            j for j, c in enumerate(columns) if c.level == "lower"
        )
        self.bounds: list[tuple[Side, Side]] = [
            (_side(c.lower, -math.inf), _side(c.upper, math.inf)) for c in columns
        ]
        self.rows: list[Row] = []
        self.own_rows: list[Row] = []
        forms = [{j: 1.0} for j in range(len(columns))]
        forms += [
            {index[n]: a for n, a in row.coefficients.items()} for row in instance.rows
        ]
        parts: tuple[Column | InstanceRow, ...] = (*columns, *instance.rows)
        for part, form in zip(parts, forms, strict=True):
            both = [
                Row(_form(form, 1), _side(part.lower, -math.inf)),
                Row(_form(form, -1), -_side(part.upper, math.inf)),
            ]
            self.rows += both
            if part.level == "lower":
                self.own_rows += both
        self.cost, self.constant = _objective(instance.upper_objective, index)
        wish, _ = _objective(instance.lower_objective, index)
        self.wish = {j: a for j, a in wish.items() if j in self.follower}
        self._cases: dict[Rule, Sequence[list[Row]]] = {}

    def fixed(self, values: Mapping[int, Exact]) -> ExactProgram:
        """Return the program with some columns fixed by their bounds."""
        fixed = copy.copy(self)
        fixed.bounds = [
            (values[j], values[j]) if j in values else bounds
            for j, bounds in enumerate(self.bounds)
        ]
        return fixed

    def narrowed(self, form: Form, least: Side, strict: bool = False) -> Row | None:
        """Return ``form z >= least`` as a row; None if the bounds exclude it.

        If the form's columns are integer, its values are multiples of a step, and the
        side is the next multiple.

        Parameters
        ----------
        form, least
            The inequality.
        strict
            Whether it is ``form z > least``.
        """
        if self.excludes(form, least, strict):
            return None
        if form and self.whole.issuperset(form):
            step = step_of(form)
            assert not isinstance(least, float)
            return Row(
                form, step * (least // step + 1 if strict else -(-least // step))
            )
        return Row(form, least, strict)

    def excludes(self, form: Form, least: Side, strict: bool = False) -> bool:
        """Return whether no point within the bounds has ``form z >= least`` (``>``)."""
        most = sum(a * self.bounds[j][a > 0] for j, a in form.items())
        return most < least or (strict and most == least)

    def cases(self, rule: Rule) -> Sequence[list[Row]]:
        """Return the parts into which a rule divides the program, as further rows.

        In the first parts y' breaks one of the follower's rows or bounds, and keeps those
        before. In the last one it keeps all of them, so that y is as good as y'.
        """
        if rule not in self._cases:
            self._cases[rule] = tuple(self._make_cases(rule))
        return self._cases[rule]

    def _make_cases(self, rule: Rule) -> Iterator[list[Row]]:
        kept: list[Row] = []
        for form, least, _ in self.own_rows:
            terms, shift = rule.substitute(form)
            if terms == form and shift >= 0:
                continue
            broken = self.narrowed(negative(terms), shift - least, strict=True)
            if broken is None:
                continue
            yield [*kept, broken]
            row = self.narrowed(terms, least - shift)
            if row is None:
                return
            kept.append(row)
        terms, shift = rule.substitute(self.wish)
        gain = {
            j: terms.get(j, 0) - self.wish.get(j, 0) for j in {**self.wish, **terms}
        }
        row = self.narrowed({j: a for j, a in gain.items() if a}, -shift)
        if row is not None:
            yield [*kept, row]


def step_of(form: Form) -> Fraction:
    """Return the number whose multiples are the form's values in integer columns."""
    scale = math.lcm(*(Fraction(a).denominator for a in form.values()))
    return Fraction(math.gcd(*(int(a * scale) for a in form.values())), scale)


def negative(form: Form) -> Form:
    """Return a form times -1."""
    return {j: -a for j, a in form.items()}


def value(form: Form, point: Sequence[Exact]) -> Exact:
    """Return the value of a form at a point."""
    return sum((a * point[j] for j, a in form.items()), start=0)


def plain(number: Exact) -> Exact:
    """Return a number, as ``int`` if it is an integer: their arithmetic is quicker."""
    return int(number) if number.denominator == 1 else number


def exact(number: float) -> Exact:
    """Return a number as its shortest decimal writes it."""
    return plain(Fraction(repr(float(number))))


def _side(side: float | None, missing: float) -> Side:
    return missing if side is None else exact(float(side))


def _form(terms: Mapping[int, float], sign: int) -> Form:
    return {j: sign * exact(float(a)) for j, a in terms.items() if a}


def _objective(objective: Objective, index: Mapping[str, int]) -> tuple[Form, Exact]:
    sign = -1 if objective.sense == "max" else 1
    terms = {index[name]: a for name, a in objective.coefficients.items()}
    return _form(terms, sign), sign * exact(float(objective.constant))
