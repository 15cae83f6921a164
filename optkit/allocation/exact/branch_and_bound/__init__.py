"""Branch and bound over the orders of one subtree."""
