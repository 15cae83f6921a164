"""The plug-ins through which SCIP asks the search at the nodes of its tree."""

from __future__ import annotations

from typing import Any, Protocol

from pyscipopt import SCIP_EVENTTYPE, SCIP_RESULT, Conshdlr, Eventhdlr, Model

from optkit.bilevel.exact.branch_and_cut.scip_relaxation import ScipRelaxation

Answer = dict[str, Any]


class Search(Protocol):
    """The methods of `TreeSearch`, which documents them."""

    relaxation: ScipRelaxation

    def guarded(self, work: Any) -> Any: ...  # noqa: D102
    def accepts(self) -> bool: ...  # noqa: D102
    def propagate(self) -> Any: ...  # noqa: D102
    def separate(self) -> Any: ...  # noqa: D102
    def enforce(self) -> Any: ...  # noqa: D102
    def report(self) -> None: ...  # noqa: D102


def add_plugins(model: Model, search: Search) -> None:
    """Make SCIP ask a search at the vertices of its relaxation."""
    model.includeConshdlr(
        _Bilevel(search),
        "bilevel",
        "the follower's response is optimal",
        sepapriority=100,
        # Before integrality (0): linking columns may be integers while others are not.
        enfopriority=1,
        chckpriority=-1,
        sepafreq=1,
        propfreq=1,
        eagerfreq=-1,
        needscons=False,
    )
    model.includeEventhdlr(_Listener(search), "limits", "limits and bounds")


class _Bilevel(Conshdlr):  # type: ignore[misc]
    """The condition that the follower's response is optimal."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def conscheck(self, *_: Any) -> Answer:
        accepted = self._search.guarded(self._search.accepts)
        return _answer(SCIP_RESULT.FEASIBLE if accepted else SCIP_RESULT.INFEASIBLE)

    def consenfolp(self, *_: Any) -> Answer:
        result = self._search.guarded(self._search.enforce)
        return _answer(SCIP_RESULT.INFEASIBLE if result is None else result)

    def consenfops(self, *_: Any) -> Answer:
        # Without a vertex SCIP branches until all columns are fixed: see consprop.
        return _answer(SCIP_RESULT.INFEASIBLE)

    def conssepalp(self, *_: Any) -> Answer:
        result = self._search.guarded(self._search.separate)
        return _answer(SCIP_RESULT.DIDNOTRUN if result is None else result)

    def consprop(self, *_: Any) -> Answer:
        result = self._search.guarded(self._search.propagate)
        return _answer(SCIP_RESULT.DIDNOTRUN if result is None else result)

    def conslock(self, _: Any, kind: Any, up: int, down: int) -> None:
        # A change of any column in either direction may break the condition.
        for variable in self._search.relaxation.variables:
            self.model.addVarLocksType(variable, kind, up + down, up + down)


class _Listener(Eventhdlr):  # type: ignore[misc]
    """Looks at the limits after each linear program, and passes bounds on."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def eventinitsol(self) -> None:
        for kind in (SCIP_EVENTTYPE.LPSOLVED, SCIP_EVENTTYPE.NODESOLVED):
            self.model.catchEvent(kind, self)

    def eventexec(self, event: Any) -> None:
        solved_lp = event.getType() == SCIP_EVENTTYPE.LPSOLVED
        self._search.guarded(_nothing if solved_lp else self._search.report)


def _answer(result: Any) -> Answer:
    return {"result": result}


def _nothing() -> None:
    """Do nothing but look at the limits."""
