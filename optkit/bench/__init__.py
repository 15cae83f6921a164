"""Studies: solvers compared on instances, run by run, in a way that survives."""
