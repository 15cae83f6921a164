"""Solutions and odd instances to draw."""

from __future__ import annotations

from collections.abc import Callable

from optkit.allocation.check.sink import sink_parents
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution

Make = Callable[..., AllocationInstance]
"""Draws a random instance with the generator's options."""


def equal_shares(instance: AllocationInstance) -> AllocationSolution:
    """Return the solution in which everyone within reach gets the same."""
    parent = sink_parents(instance)
    order: dict[str, list[str]] = {}
    for name in parent:
        root = name
        while parent[root] != instance.master:
            root = parent[root]
        order.setdefault(root, []).append(name)
    share = instance.task.size_gbit / (len(parent) + 1)
    return AllocationSolution(
        parent=parent,
        load_gbit=dict.fromkeys([instance.master, *parent], share),
        order={root: tuple(names) for root, names in order.items()},
    )


def renamed(
    instance: AllocationInstance, names: list[str], lost: tuple[str, ...] = ()
) -> AllocationInstance:
    """Return an instance with other ids, and with servers that no link leads to."""
    document = instance.model_dump(by_alias=True)
    new = dict(zip((s["id"] for s in document["servers"]), names, strict=True))
    document["master"] = new[document["master"]]
    for server in document["servers"]:
        server["id"] = new[server["id"]]
    for link in document["links"]:
        link["source"], link["target"] = new[link["source"]], new[link["target"]]
    document["servers"] = [
        *document["servers"],
        *({**document["servers"][0], "id": name} for name in lost),
    ]
    return AllocationInstance.model_validate(document)
