"""Sync and dispatch coupled: what access points know of queues is what they were told.

A slot of sync is a broadcast interval of dispatch. Queues are the devices, and access
points and clouds the routers. See ``docs/freshness.md``.

The package stands above the families, which do not know one another: dispatch reaches it
by name only, where a run or a solution has messages.
"""
