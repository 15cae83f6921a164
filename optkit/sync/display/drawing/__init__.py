"""Pictures of sync instances and solutions; importing them loads matplotlib."""
