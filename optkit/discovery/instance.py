"""The discovery instance: nodes that need resources, and candidates for their agents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from optkit.core.errors import Issue
from optkit.core.files.document import Part
from optkit.core.files.fields import (
    Identifier,
    NonNegative,
    Number,
    QuantityOrZero,
    Text,
    Truth,
)
from optkit.core.instance import Instance
from optkit.discovery.validation import find_issues

MAX_WINDOWS = 100_000
MAX_NODES = 100_000
MAX_CANDIDATES = 10_000
MAX_RESOURCES = 1_000

Share = Annotated[NonNegative, Field(le=1.0)]
"""A number from 0 to 1."""

Row = tuple[QuantityOrZero, ...]


class RequiredAccuracy(Part):
    """Least accuracy of the resource information, by mode (Q_req).

    Parameters
    ----------
    agent, self_
        For the nodes in agent mode, and for those in self-directed mode: the mean or the
        sum of their accuracies, as ``reading.accuracy_form`` says.
    """

    agent: QuantityOrZero
    self_: QuantityOrZero = Field(alias="self")


class Weights(Part):
    """Weights of the two levels in the leader's objective.

    Parameters
    ----------
    time
        Per second of Z1; 1, with an energy of 0, is the plain Stackelberg problem.
    energy
        Per joule of Z2; above 0 the solution is a compromise.
    """

    time: QuantityOrZero
    energy: QuantityOrZero


class Reading(Part):
    """How the passages are read where the paper is silent or contradicts itself.

    Parameters
    ----------
    qan_rule
        C1. ``cover``: every linked node has a usable open candidate, and every demanded
        resource of a window at least one; ``single``: every demanded resource of a window
        has exactly one; ``exact``: every linked node has exactly one usable open
        candidate.
    connection
        C3. ``forced``: a node connects wherever an open candidate is usable;
        ``optional``: it may stay unconnected.
    connection_cost
        Which connections take time: all of them (``connected``), or those of nodes in
        agent mode (``agent-mode``).
    accuracy_form
        Whether the mean or the sum of the accuracies has to reach the requirement.
    accuracy_scope
        Whether it has to do so in every window, or over all windows together.
    """

    qan_rule: Literal["cover", "single", "exact"]
    connection: Literal["forced", "optional"] = "forced"
    connection_cost: Literal["connected", "agent-mode"]
    accuracy_form: Literal["mean", "sum"]
    accuracy_scope: Literal["window", "horizon"]


class DiscoveryInstance(Instance):
    """A network that migrates through windows (the bilevel program (1), (2)).

    Arrays are indexed by window, then resource or node, then candidate, in the order of
    the lists of ids. Entries of a node that is absent, or demands nothing, are ignored.

    Parameters
    ----------
    nodes, candidates, resources
        Ids of the general computing nodes I, the candidates J for query agent nodes, and
        the resources M.
    windows
        Number of migration cycles.
    present
        [k][i]: whether the node is in the network.
    demand
        [k][i]: the resource that it looks for; None for none.
    select_time
        [k][m][j]: c_sel, seconds to set a candidate up as agent for a resource.
    connect_time
        [k][i][j]: c_con, seconds to connect; None where there is no usable link.
    energy_agent, energy_self
        [k][i]: D, joules in each mode.
    accuracy_agent, accuracy_self
        [k][i]: E(Q), expected accuracy in each mode, from 0 to 1.
    required_accuracy, weights, reading
        See the classes.
    physics
        Parameters that the generator computed the data from; the problem does not depend
        on them.
    """

    SCHEMA: ClassVar[str] = "optkit/discovery"
    SIZES: ClassVar[Mapping[str, str]] = {
        name: name for name in ("nodes", "candidates", "resources", "windows")
    }

    schema_: Literal["optkit/discovery"] = Field("optkit/discovery", alias="schema")
    schema_version: Literal[1] = 1
    nodes: tuple[Identifier, ...] = Field(max_length=MAX_NODES)
    candidates: tuple[Identifier, ...] = Field(max_length=MAX_CANDIDATES)
    resources: tuple[Identifier, ...] = Field(max_length=MAX_RESOURCES)
    windows: int = Field(strict=True, ge=0, le=MAX_WINDOWS)
    present: tuple[tuple[Truth, ...], ...]
    demand: tuple[tuple[Identifier | None, ...], ...]
    select_time: tuple[tuple[Row, ...], ...]
    connect_time: tuple[tuple[tuple[QuantityOrZero | None, ...], ...], ...]
    energy_agent: tuple[Row, ...]
    energy_self: tuple[Row, ...]
    accuracy_agent: tuple[tuple[Share, ...], ...]
    accuracy_self: tuple[tuple[Share, ...], ...]
    required_accuracy: RequiredAccuracy
    weights: Weights
    reading: Reading
    physics: dict[Identifier, Number | Text] | None = None

    @classmethod
    def cross_check(cls, data: Mapping[str, Any]) -> Iterable[Issue]:
        """Yield repeated ids, ragged arrays, unknown resources, impossible accuracies."""
        return find_issues(data)
