"""Learning: the simulator as an environment for agents."""
