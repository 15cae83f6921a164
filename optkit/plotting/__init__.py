"""Colours, settings, charts and output of all pictures."""
