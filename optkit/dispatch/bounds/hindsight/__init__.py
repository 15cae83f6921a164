"""What could have been achieved with the sample path known: bounds on every policy.

Queues of different types share nothing, so each type is a problem of its own.
"""
