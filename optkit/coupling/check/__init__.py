"""The independent checker of messages, from the checkers of both families."""
