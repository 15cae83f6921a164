"""A sync instance of a network that changes: the links of its routers, over time.

The instance has the routers and the devices of all networks. A router that is not in the
network that is in force has no links; its devices go on reporting to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optkit.core.errors import UsageError
from optkit.network.changes import (
    changing_provenance,
    completed,
    in_order,
    refuse_late_changes,
    warn_of_filled,
)
from optkit.network.options import given_networks
from optkit.sync.data.from_network import NEEDS, document_of
from optkit.sync.data.options import GeneratorOptions


def instance_from_changing_network(
    options: GeneratorOptions, load: Callable[[int], list[float]], seed: int
) -> dict[str, Any]:
    """Return the document of an instance on networks that follow one another.

    Parameters
    ----------
    options
        The networks, and the settings of the model.
    load
        Returns the load of the device with a number.
    seed
        Main seed of what is drawn.

    Raises
    ------
    InvalidFileError
        If a file cannot be read or is no network.
    UsageError
        If a change is too late, one of the networks does not do, or a device is on
        different routers; with everything that is wrong.
    """
    refuse_late_changes(options, options.slots, "slots")
    given = given_networks(options)
    networks, sentences = completed(
        [network for network, _ in given], NEEDS, options, seed, lambda _: False
    )
    plain = options.model_copy(update={"assume": ()})  # everything is known now
    documents, problems = [], []
    for network, (_, source) in zip(networks, given, strict=True):
        try:
            documents.append(document_of(network, source, plain, lambda _: [], seed))
        except UsageError as error:
            problems.append(str(error))
    homes: dict[str, str] = {}
    for document in documents:
        for device in document["devices"]:
            home = homes.setdefault(device["id"], device["router"])
            if home != device["router"]:
                problems.append(
                    f"option then: the device {device['id']!r} is on the router {home!r}"
                    f" and later on {device['router']!r}; a device stays where it is: give"
                    " it another id there."
                )
    if problems:
        raise UsageError("\n".join(dict.fromkeys(problems)))
    warn_of_filled(given, sentences)
    first, *later = documents
    return first | {
        "provenance": changing_provenance(
            "sync", options, [network for network, _ in given], seed, sentences
        ),
        "routers": in_order([document["routers"] for document in documents]),
        "devices": [
            {
                "id": device,
                "router": router,
                "transmit_slots": options.transmit,
                "load_percent": load(number),
            }
            for number, (device, router) in enumerate(homes.items())
        ],
        "changes": [
            {"slot": slot, "links": document["links"]}
            for slot, document in zip(options.at, later, strict=True)
        ],
    }
