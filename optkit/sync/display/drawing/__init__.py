"""Pictures of sync instances and of what routers know. They need matplotlib."""
