"""A dispatch instance and its solution in tables."""

from __future__ import annotations

from optkit.core.display.tables import Cell, Column, Table, quantities, sections
from optkit.core.solving.result import Verification
from optkit.dispatch.check.checker import check
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution


def tables(
    instance: DispatchInstance,
    solution: DispatchSolution | None = None,
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
        The checker's report on the solution; made here if it is not given.
    """
    return sections(
        instance,
        solution,
        verification,
        check=check,
        of_solution=lambda _, checked: [
            _outcome(checked),
            *_information(checked),
            _servers(instance, checked),
        ],
        of_instance=[_instance(instance)],
    )


def _outcome(seen: Verification) -> Table:
    metric = seen.metrics.get
    below = metric("policy_bound")
    return quantities(
        "Solution",
        [
            ("cost, mean over the boundaries", seen.objective, "jobs"),
            *([("no policy has a mean below", below, "jobs")] if below else []),
            ("discounted cost", metric("discounted_cost"), "jobs"),
            ("jobs in the system, mean", metric("mean_jobs_in_system"), "jobs"),
            ("response time, mean", metric("mean_response_intervals"), "intervals"),
            ("response time, mean", metric("mean_response_s"), "s"),
            ("jobs completed", metric("completed"), ""),
            ("jobs dropped", metric("dropped"), ""),
            ("share of jobs dropped", metric("drop_rate"), ""),
            ("full queues met at boundaries", metric("full_queues"), ""),
        ],
    )


def _information(seen: Verification) -> list[Table]:
    """Return the table of messages, where they were counted."""
    if not seen.metrics.get("information"):
        return []
    metric = seen.metrics["information"].get
    rows = [
        ("messages", metric("messages"), ""),
        ("messages times hops", metric("message_hops"), ""),
        ("messages, mean", metric("messages_per_interval"), "per interval"),
        ("reports", metric("reports"), ""),
        ("cost of messages and reports, mean", metric("message_cost"), "jobs"),
        ("cost with messages, mean", metric("total_cost"), "jobs"),
        (
            "age of known queue lengths, mean",
            metric("mean_queue_age_intervals"),
            "intervals",
        ),
        ("error of known queue lengths, mean", metric("mean_queue_error"), "jobs"),
    ]
    return [quantities("Information", rows)]


def _servers(instance: DispatchInstance, seen: Verification) -> Table:
    figures = seen.metrics["servers"]
    rows: list[tuple[Cell, ...]] = [
        (
            server.id,
            server.kind,
            server.ap,
            figures[server.id]["sent"],
            figures[server.id]["accepted"],
        )
        for server in instance.servers
    ]
    rows.sort(key=lambda row: -int(row[3] or 0))
    columns = (
        Column("server"),
        Column("kind"),
        Column("beside"),
        Column("jobs sent", align="right"),
        Column("accepted", align="right"),
    )
    return Table("Servers", columns, rows)


def _instance(instance: DispatchInstance) -> Table:
    reach = [len(row) for row in instance.candidates]
    return quantities(
        "Instance",
        [
            ("access points", len(instance.aps), ""),
            ("servers", len(instance.servers), ""),
            ("job types", len(instance.job_types), ""),
            ("candidate servers of an access point, mean", sum(reach) / len(reach), ""),
            ("broadcast intervals", instance.intervals, ""),
            ("slots of an interval", instance.slots_per_interval, ""),
            ("length of a slot", instance.slot_seconds, "s"),
            ("jobs", len(instance.jobs.slot), ""),
            ("room in each queue", instance.queue_limit, "jobs"),
            *(
                [("changes of the network", len(instance.changes), "")]
                if instance.changes
                else []
            ),
        ],
    )
