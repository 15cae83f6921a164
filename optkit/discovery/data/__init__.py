"""Sources of instances: the generator, and importers of other formats."""
