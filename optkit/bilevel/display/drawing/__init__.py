"""Pictures of bilevel programs; importing them loads matplotlib."""
