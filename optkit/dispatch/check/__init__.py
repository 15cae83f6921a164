"""The independent checker: it imports the instance and the solution, but no solver."""
