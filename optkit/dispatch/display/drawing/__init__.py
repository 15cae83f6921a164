"""Pictures of a dispatch network and of what became of its jobs. They need matplotlib."""
