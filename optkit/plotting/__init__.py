"""Style and output of all pictures."""
