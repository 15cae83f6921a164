"""The part of a coupled run that is an instance of sync."""
