"""Joint routing: which tree of the links to send over, and how good any can be."""
