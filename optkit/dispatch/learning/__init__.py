"""What learning agents need: the simulator as an environment."""
