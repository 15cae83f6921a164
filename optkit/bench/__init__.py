"""Studies: compare solvers on many instances, run by run, and resume after a crash."""
