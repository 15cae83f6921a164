"""What every problem family shares: contracts, files, the harness, the registry."""
