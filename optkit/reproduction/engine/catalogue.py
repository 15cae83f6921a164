"""Which reproductions there are, and which of them a few words stand for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from optkit.core.errors import UsageError
from optkit.core.solving import registry
from optkit.core.solving.family import resolve
from optkit.core.suggest import unknown

ALL = "all"
"""The word that stands for every reproduction."""

LIST = "list"
"""The word that asks for the list of them."""


@dataclass(frozen=True)
class Reproduction:
    """One table or figure of a paper.

    Parameters
    ----------
    name
        Family and figure: ``allocation/fig-5``.
    title
        What it is about.
    paper
        The paper.
    where
        The place in the paper: ``Sec. VII-B, Fig. 5``.
    function
        ``"module:function"``, called with a :class:`Context`, returns :class:`Findings`.
    seconds
        How long it takes, roughly, with the repetitions below.
    repetitions
        How often each random setting is drawn, unless the user says.
    quick_repetitions
        The same for ``--quick``.
    """

    name: str
    title: str
    paper: str
    where: str
    function: str
    seconds: float
    repetitions: int
    quick_repetitions: int = 2


def reproductions() -> dict[str, Reproduction]:
    """Return every reproduction by name, family by family, in the paper's order."""
    found: dict[str, Reproduction] = {}
    for family in registry.families().values():
        if family.reproductions is None:
            continue
        listed: Iterable[Reproduction] = resolve(family.reproductions)
        for reproduction in listed:
            if reproduction.name in found:
                raise UsageError(
                    f"two reproductions are called {reproduction.name!r}; rename one."
                )
            found[reproduction.name] = reproduction
    return found


def select(words: Iterable[str]) -> list[Reproduction]:
    """Return the reproductions that ``words`` name, each once, in their order.

    Parameters
    ----------
    words
        Names of reproductions, names of families, or ``all``.

    Raises
    ------
    UsageError
        If a word is none of these; the message names the nearest.
    """
    known = reproductions()
    families = {name.partition("/")[0] for name in known}
    chosen: dict[str, Reproduction] = {}
    for word in words:
        if word == ALL:
            names = list(known)
        elif word in families:
            names = [name for name in known if name.startswith(f"{word}/")]
        elif word in known:
            names = [word]
        else:
            raise UsageError(_unknown(word, [*known, *families, ALL]))
        chosen.update((name, known[name]) for name in names)
    return list(chosen.values())


def _unknown(word: str, known: list[str]) -> str:
    """Return the message for a word that names nothing."""
    whole = [name for name in known if name.endswith(f"/{word}")]
    if whole:  # `fig-5`
        meant = " or ".join(map(repr, whole))
        return f"unknown reproduction {word!r}. Did you mean {meant}?"
    return unknown("reproduction", word, known)
