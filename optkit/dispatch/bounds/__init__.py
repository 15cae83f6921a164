"""Lower bounds that need no search."""
