"""Branch-and-cut in one tree of SCIP: cuts from the follower's responses."""
