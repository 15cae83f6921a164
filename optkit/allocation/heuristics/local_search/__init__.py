"""Local search over the sending orders of a subtree."""
