"""The follower's problem: its arrays, its optimal responses, and their costs."""
