"""Names that a file format allows, still unique, and how they differ from the originals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

MAX_LENGTH = 120
"""Longest name that is written; CoinUtils and HiGHS cut or refuse longer ones."""

LONGEST_COMMENT = 500
"""Longest comment line that is written."""

_LP_WORDS = re.compile(
    r"st|s\.t\.?|free|nan|inf(inity|inite)?|bin(ary|aries)?|bounds?|end|gen(eral|erals)?"
    r"|int(eger|egers)?|max(imi[sz]e|imum)?|min(imi[sz]e|imum)?|semis?|sos[12]?|sections?"
    r"|subject|such|to|that|pwlobj|lazy|user|cuts?|constraints|ranges|sin|sec",
    re.IGNORECASE,
)
"""Words of the LP format; as names they would end a section or change a bound."""

_LP_CHARACTERS = re.compile(r"[^A-Za-z0-9_.]")
_MPS_CHARACTERS = re.compile(r"[\s\x00-\x1f\x7f']|^[*$@+-]")


def lp_name(name: str, prefix: str) -> str:
    """Return a name that every reader of LP files takes for one."""
    plain = _LP_CHARACTERS.sub("_", name)
    # A digit, a dot or an e would be read as part of a number.
    if not plain or plain[0] in "0123456789.eE" or _LP_WORDS.fullmatch(plain):
        plain = f"{prefix}_{plain}"
    return plain[:MAX_LENGTH]


def mps_name(name: str, prefix: str) -> str:
    """Return a name without blanks, quotes, and marks that open a comment or a tag."""
    return (_MPS_CHARACTERS.sub("_", name) or prefix)[:MAX_LENGTH]


def component_names(components: Iterable[Any]) -> list[str]:
    """Return the full names of Pyomo components, as their ``name`` has them.

    Each component and each part of an index is spelled once, since a model has many
    variables and few of these.

    Parameters
    ----------
    components
        Variables or constraints of a Pyomo model, or anything else with a name.
    """
    from pyomo.core.base.component import ComponentData
    from pyomo.core.base.component_namer import name_repr

    bases: dict[int, str] = {}
    spelled: dict[tuple[type, Any], str] = {}

    def part(value: Any) -> str:
        key = value.__class__, value
        if key not in spelled:
            spelled[key] = name_repr(value)
        return spelled[key]

    names = []
    for component in components:
        parent = (
            component.parent_component()
            if isinstance(component, ComponentData)
            else component
        )
        if parent is component or parent is None:
            names.append(component.name)
            continue
        base = bases.get(id(parent))
        if base is None:
            base = bases[id(parent)] = parent.name
        index = component.index()
        several = index.__class__ is tuple and len(index) > 1
        inside = ",".join(map(part, index)) if several else name_repr(index)
        names.append(f"{base}[{inside}]")
    return names


class Names(Mapping[str, str]):
    """The name in a file of each original name.

    Names that the format allows stay. Others are changed, and end in a number if the name
    that results is taken.

    Parameters
    ----------
    names
        The original names, unique.
    allowed
        Returns an allowed name from a name and ``prefix``.
    prefix
        Begins the names that cannot begin as they do.
    """

    def __init__(
        self, names: Iterable[str], allowed: Callable[[str, str], str], prefix: str
    ) -> None:
        originals = list(names)
        plain = [allowed(name, prefix) for name in originals]
        self._taken = {n for n, p in zip(originals, plain, strict=True) if n == p}
        self._counts: dict[str, int] = {}
        self._names = {
            name: name if name == changed else self.unused(changed)
            for name, changed in zip(originals, plain, strict=True)
        }

    def unused(self, name: str) -> str:
        """Return ``name``, with a number if it is taken, and take it."""
        candidate, count = name, self._counts.get(name, 1)
        while candidate in self._taken:
            count += 1
            candidate = f"{name[: MAX_LENGTH - 12]}_{count}"
        self._counts[name] = count
        self._taken.add(candidate)
        return candidate

    def __getitem__(self, name: str) -> str:
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def changed(self) -> dict[str, str]:
        """Return the originals of the names that are changed, by their name in the file."""
        return {new: old for old, new in self._names.items() if new != old}


def comments(mark: str, kind: str, names: Names) -> list[str]:
    """Return comment lines that give the original of each changed name, as JSON text.

    Many stand in one line, because CoinUtils runs out of memory after 100,000 lines.
    """
    lines: list[str] = []
    for new, old in names.changed().items():
        entry = f" {kind} {new}: {json.dumps(old)}"[: LONGEST_COMMENT - len(mark)]
        if lines and len(lines[-1]) + len(entry) < LONGEST_COMMENT:
            lines[-1] += f";{entry}"
        else:
            lines.append(f"{mark}{entry}")
    return lines
