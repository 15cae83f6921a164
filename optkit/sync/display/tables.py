"""Tables of a sync instance and its solution."""

from __future__ import annotations

from collections import Counter

from optkit.core.display.tables import Cell, Column, Table, quantities, sections
from optkit.core.solving.result import Verification
from optkit.sync.check.checker import check
from optkit.sync.instance import SyncInstance
from optkit.sync.solution import SyncSolution


def tables(
    instance: SyncInstance,
    solution: SyncSolution | None = None,
    verification: Verification | None = None,
) -> list[Table]:
    """Return the tables of an instance and, if given, its solution.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's result for the solution; None runs the checker.
    """
    return sections(
        instance,
        solution,
        verification,
        check=check,
        of_solution=lambda _, checked: [
            _outcome(checked),
            _devices(instance, checked),
            *([_links(instance, checked)] if instance.links else []),
        ],
        of_instance=[_instance(instance)],
    )


def _outcome(verification: Verification) -> Table:
    metric = verification.metrics.get
    parts = verification.metrics["objective_parts"]
    return quantities(
        "Solution",
        [
            ("objective", verification.objective, ""),
            ("of it for age", parts["age"], ""),
            ("of it for error", parts["error"], ""),
            ("of it for notifications", parts["cost"], ""),
            ("of it for reports", parts["report"], ""),
            ("age of a pair, mean", metric("mean_age"), "slots"),
            ("age of a device, mean", metric("mean_device_age"), "slots"),
            ("error of a pair, mean", metric("mean_error"), "%"),
            ("cost of notifications, mean", metric("mean_cost"), "per slot"),
            ("reports of a device, mean", metric("reports_per_device"), ""),
            ("notifications", metric("notifications"), ""),
            ("squared error of the series redrawn", metric("reconstruction_mse"), "%²"),
            ("reward, mean", metric("mean_reward"), "per slot"),
        ],
    )


def _devices(instance: SyncInstance, verification: Verification) -> Table:
    metrics = verification.metrics["devices"]
    rows: list[tuple[Cell, ...]] = [
        (
            device.id,
            device.router,
            sum(device.load_percent) / instance.slots,
            metrics[device.id]["reports"],
            metrics[device.id]["reconstruction_mse"],
        )
        for device in instance.devices
    ]
    rows.sort(key=lambda row: -float(row[4] or 0.0))
    columns = (
        Column("device"),
        Column("router"),
        Column("mean load", "%", "right"),
        Column("reports", align="right"),
        Column("squared error redrawn", "%²", "right"),
    )
    return Table("Devices, the worst known first", columns, rows)


def _links(instance: SyncInstance, verification: Verification) -> Table:
    metrics = verification.metrics["links"]
    rows: list[tuple[Cell, ...]] = []
    # Of a link that changes, the hops are those that it has first.
    hops: dict[tuple[str, str], int] = {}
    for link in (
        *instance.links,
        *(x for c in instance.changes or () for x in c.links),
    ):
        hops.setdefault((link.source, link.target), link.hops)
    for source, target in instance.pairs:
        of_link = metrics[source][target]
        rows.append(
            (
                f"{source} → {target}",
                hops[source, target],
                of_link["notifications"],
                of_link["mean_age"],
                of_link["max_age"],
                of_link["mean_error"],
            )
        )
    rows.sort(key=lambda row: -float(row[3] or 0.0))
    columns = (
        Column("link"),
        Column("hops", align="right"),
        Column("notifications", align="right"),
        Column("mean age", "slots", "right"),
        Column("largest age", "slots", "right"),
        Column("mean error", "%", "right"),
    )
    return Table("Links, the oldest first", columns, rows)


def _instance(instance: SyncInstance) -> Table:
    of_router = Counter(device.router for device in instance.devices)
    weights = instance.weights
    reference = {"held": "what its router holds", "true": "the load itself"}
    rows: list[tuple[Cell, ...]] = [
        ("slots", instance.slots, ""),
        ("length of a slot", instance.slot_seconds, "s"),
        ("routers", len(instance.routers), ""),
        ("devices", len(instance.devices), ""),
        ("devices of a router, most", max(of_router.values()), ""),
        ("links", len(instance.pairs), ""),
        *(
            [("changes of links", len(instance.changes), "")]
            if instance.changes
            else []
        ),
        ("weight of age", weights.age, f"per {instance.age_tolerance:g} slots"),
        ("weight of error", weights.error, "per %"),
        ("weight of cost", weights.cost, ""),
        ("weight of a report", weights.report, ""),
        ("errors are taken against", reference[instance.reading.error], ""),
        ("limit on a device's age", instance.max_device_age, "slots"),
        ("limit on a pair's age", instance.max_pair_age, "slots"),
        ("series are redrawn by", instance.reconstruction, ""),
    ]
    return quantities("Instance", rows)
