"""Jobs by the prices of expected arrivals.

As in the bound on every policy, each queue admits jobs at prices and decides alone. But the
prices belong to access points and intervals, and arrivals are those of the model, so that
all of it is known before the first job arrives.
"""
