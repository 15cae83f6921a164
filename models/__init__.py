"""Declarative Pyomo models, one file a family; they know plain data and nothing else."""
