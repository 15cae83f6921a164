"""Online job dispatching with outdated and partial information."""
