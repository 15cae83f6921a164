"""Check a certificate exactly: python certificate.py INSTANCE.json CERTIFICATE.json.

At most a hundred lines of code, and no solver; docs/bilevel-certificates.md proves every
step. A form is coefficients by column. A row (form, least, strict) says form·z >= least, or
form·z > least. A part of the program is a list of rows, or None if it is empty.
"""

import json
import sys
from fractions import Fraction
from math import gcd, inf, lcm
from pathlib import Path
from typing import Any


def number(text: Any) -> Any:
    """Return an exact number: an integer, or a fraction."""
    return int(value) if (value := Fraction(text)).denominator == 1 else value


def times(factor: Any, form: Any) -> Any:
    """Return a form times a factor, without zeros."""
    return {n: factor * a for n, a in form.items() if a}


def sides(part: Any) -> Any:
    """Return both bounds of a column, or both sides of a row."""
    return part.get("lower", -inf), part.get("upper", inf)


def dot(form: Any, point: Any) -> Any:
    """Return the value of a form at a point."""
    return sum(a * point[n] for n, a in form.items())


class Checker:
    """A program, and the steps of proofs about it."""

    def __init__(self, data: Any) -> None:
        columns, self.rows, self.own_rows = data["columns"], [], []
        forms = [{c["id"]: 1} for c in columns]
        forms += [row.get("coefficients", {}) for row in data["rows"]]
        for part, form in zip(columns + data["rows"], forms, strict=True):
            for sign, side in zip((1, -1), sides(part), strict=True):
                self.rows.append((times(sign, form), sign * side, False))
                self.own_rows += self.rows[-1:] if part["level"] == "lower" else []
        self.bounds = {c["id"]: sides(c) for c in columns}
        self.whole = {c["id"] for c in columns if c.get("integer")}
        self.own = {c["id"] for c in columns if c["level"] == "lower"}
        goals = [data.get(f"{level}_objective", {}) for level in ("upper", "lower")]
        signs = [-1 if goal.get("sense") == "max" else 1 for goal in goals]
        self.cost, wish = map(times, signs, [g.get("coefficients", {}) for g in goals])
        self.wish = {n: a for n, a in wish.items() if n in self.own}
        self.constant = signs[0] * goals[0].get("constant", 0)

    def part(self, rows: Any, form: Any, least: Any, strict: bool = False) -> Any:
        """Return the part with form·z >= least, or > least; None if it is empty."""
        most = sum(a * self.bounds[n][a > 0] for n, a in form.items())
        if rows is None or most < least or (strict and most == least):
            return None
        if form and self.whole >= form.keys():  # form·z is a multiple of d
            scale = lcm(*(Fraction(a).denominator for a in form.values()))
            d = Fraction(gcd(*(int(a * scale) for a in form.values())), scale)
            least, strict = d * (least // d + 1 if strict else -(-least // d)), False
        return [*rows, (form, least, strict)]

    def is_empty(self, rows: Any, weights: Any) -> bool:
        """Say whether a sum of rows with positive weights contradicts the bounds."""
        total, strict, least = dict[str, Any](), False, number(0)
        for index, weight in weights:
            form, side, open_side = rows[index]
            least += weight * side if weight > 0 else -inf
            strict |= open_side
            total |= {n: total.get(n, 0) + weight * a for n, a in form.items()}
        return self.part([], times(1, total), least, strict) is None

    def cases(self, rows: Any, rule: Any) -> Any:
        """Yield where y' = rule(z) breaks the follower's first row, the next, ..., none."""
        rule = {
            n: (number(v), {m: number(b) for m, b in w.items()})
            for n, (v, w) in rule.items()
        }
        for n, (v, w) in rule.items():
            whole = self.whole >= w.keys() and all(a % 1 == 0 for a in (v, *w.values()))
            if n not in self.own or (n in self.whole and not whole):
                raise ValueError(f"refused: {n} cannot follow the rule")
        for form, least, _ in [*self.own_rows, (self.wish, -inf, False)]:
            terms, shift = dict[str, Any](), 0
            for n, a in form.items():  # form·z with y' in the place of y
                v, w = rule.get(n, (0, {n: 1}))
                shift += a * v
                terms |= {m: terms.get(m, 0) + a * b for m, b in w.items()}
            if times(1, terms) != form or shift < 0:
                yield (new := self.part(rows, times(-1, terms), shift - least, True))
                rows = self.part(rows, times(1, terms), least - shift) if new else rows
        gain = {n: terms.get(n, 0) - self.wish.get(n, 0) for n in terms | self.wish}
        yield self.part(rows, times(1, gain), -shift)  # y is as good as y'

    def prove(self, tree: Any, rows: Any, goal: Any, least: Any, bilevel: bool) -> None:
        """Raise an error unless a tree, in preorder, proves goal·z >= least."""
        parts = [self.part(rows, times(-1, goal), -least, True)]
        for kind, *node in tree:
            rows, new = parts.pop(), []
            if kind == "split":
                n, k = node
                new = [self.part(rows, {n: -1}, -k), self.part(rows, {n: 1}, k, True)]
            elif kind == "response" and bilevel:
                new = [*self.cases(rows, *node)]
            elif kind != "leaf" or not self.is_empty(rows, *node):
                raise ValueError(f"refused: {kind} {node} proves nothing")
            parts += [part for part in reversed(new) if part]
        if any(parts):
            raise ValueError("refused: a part of the program has no leaf")


def check(data: Any, certificate: Any) -> Any:
    """Return the bound and the value of the point that are proven; inf is none."""
    p, bound, point = Checker(data), certificate["bound"], certificate["point"]
    bound, goal = (inf, {}) if bound is None else (number(bound), p.cost)
    p.prove(certificate["tree"], p.rows, goal, bound - p.constant, True)
    if point is None:
        return bound, inf
    point = {n: number(point[n]) for n in p.bounds}
    wrong = [n for n in p.whole if point[n] % 1]
    wrong += [form for form, least, _ in p.rows if dot(form, point) < least]
    if wrong or data.get("ties") == "pessimistic":
        raise ValueError(f"refused: the point, or its program is pessimistic; {wrong}")
    p.bounds |= {n: (v, v) for n, v in point.items() if n not in p.own}
    p.prove(certificate["response"], p.own_rows, p.wish, dot(p.wish, point), False)
    return bound, dot(p.cost, point) + p.constant


if __name__ == "__main__":
    texts = [Path(name).read_text("utf-8") for name in sys.argv[1:]]
    exact: Any = {"parse_float": number, "parse_constant": number}
    print("bound {}, value {}".format(*check(*(json.loads(t, **exact) for t in texts))))
