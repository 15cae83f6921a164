"""Branch and bound over the orders of one subtree, and the evaluation of single orders."""
