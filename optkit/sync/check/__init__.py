"""The independent checker; it imports the instance and the solution, and no solver."""
