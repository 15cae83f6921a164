"""Online policies: they decide from observations alone."""
