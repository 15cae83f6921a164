"""The list of all reproductions, and the choice of some of them by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from optkit.core.errors import UsageError
from optkit.core.solving import registry
from optkit.core.solving.family import resolve
from optkit.core.suggest import unknown

GROUP = "optkit.reproductions"
"""The entry-point group in which packages name their reproductions."""

ALL = "all"
"""Stands for every reproduction."""

LIST = "list"
"""Asks for the list of them."""


@dataclass(frozen=True)
class Reproduction:
    """One table or figure of a paper.

    Parameters
    ----------
    name
        Family and figure: ``allocation/fig-5``.
    title
        What the table or figure shows.
    paper
        Authors and title.
    where
        The place in the paper: ``Sec. VII-B, Fig. 5``.
    function
        ``"module:function"``, called with a :class:`Context`; it returns :class:`Findings`.
    seconds
        Rough processor time with the number of repetitions below.
    repetitions
        How often each random setting is drawn, unless the user gives a number.
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


_BROKEN: dict[str, str] = {}


def reproductions() -> dict[str, Reproduction]:
    """Return every reproduction by name: ours first, paper by paper, in its order.

    They come from the entry-point group ``optkit.reproductions``, whose entries point to
    iterables of :class:`Reproduction`, and from families that name theirs themselves
    (``Family.reproductions``). What fails to load is left out; see :func:`broken`.

    Raises
    ------
    UsageError
        If two reproductions have the same name.
    """
    _BROKEN.clear()
    by_name: dict[str, Reproduction] = {}
    for source, load in _sources():
        try:
            listed = tuple(load())
        except (Exception, SystemExit) as error:  # a plug-in may do anything
            _BROKEN[source] = f"{type(error).__name__}: {error}"
            continue
        for reproduction in listed:
            if reproduction.name in by_name:
                raise UsageError(
                    f"two reproductions are called {reproduction.name!r}; rename one."
                )
            by_name[reproduction.name] = reproduction
    return by_name


def broken() -> dict[str, str]:
    """Return the lists of reproductions that failed to load, each with the reason."""
    return dict(_BROKEN)


def _sources() -> Iterator[tuple[str, Callable[[], Iterable[Reproduction]]]]:
    """Yield every list of reproductions: its name, and a function that loads it."""
    for point in sorted(entry_points(group=GROUP), key=_ours_first):
        yield f"reproductions {point.name} ({point.value})", point.load
    for family in registry.families().values():
        if family.reproductions is not None:
            name = f"reproductions of family {family.name} ({family.reproductions})"
            yield name, partial(resolve, family.reproductions)


def _ours_first(point: EntryPoint) -> tuple[bool, str]:
    return (not point.value.startswith("optkit."), point.name)


def select(words: Iterable[str]) -> list[Reproduction]:
    """Return the reproductions that ``words`` name, each once, in the order of the words.

    Parameters
    ----------
    words
        Names of reproductions, names of families, or ``all``.

    Raises
    ------
    UsageError
        If a word is none of these; the message names the nearest one.
    """
    by_name = reproductions()
    papers = {name.partition("/")[0] for name in by_name}
    chosen: dict[str, Reproduction] = {}
    for word in words:
        if word == ALL:
            names = list(by_name)
        elif word in papers:
            names = [name for name in by_name if name.startswith(f"{word}/")]
        elif word in by_name:
            names = [word]
        else:
            raise UsageError(_unknown(word, [*by_name, *papers, ALL]))
        chosen.update((name, by_name[name]) for name in names)
    return list(chosen.values())


def _unknown(word: str, known: list[str]) -> str:
    """Return the message for a word that names nothing."""
    complete = [name for name in known if name.endswith(f"/{word}")]
    if complete:  # `fig-5`
        suggestions = " or ".join(map(repr, complete))
        return f"unknown reproduction {word!r}. Did you mean {suggestions}?"
    return unknown("reproduction", word, known)
