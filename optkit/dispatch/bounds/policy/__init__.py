"""A bound on the mean cost of every policy, given arrivals and uploads.

A policy does not know how long a service takes before it ends. So let the decision maker
know all arrivals and uploads beforehand and see all queues at once, but not the services,
and let the decision about a job wait until it would join a queue. What such a decision
maker needs at least, on average over services, is below the mean cost of every policy.
``docs/dispatch.md`` has the proof.
"""
