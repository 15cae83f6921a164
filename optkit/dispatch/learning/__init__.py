"""Learning of policies."""
