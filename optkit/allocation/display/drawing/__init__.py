"""Pictures of an allocation: the network, the loads, the schedule, the sending order.

Nothing is imported here, so that the tables, which need no pictures, load quickly.
"""
