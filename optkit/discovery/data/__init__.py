"""Where instances come from: the generator, and importers of other formats."""
