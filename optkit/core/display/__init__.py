"""Plain tables, which the command line and pages print."""
