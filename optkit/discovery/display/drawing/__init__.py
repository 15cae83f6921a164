"""Pictures of discovery: networks window by window, and what every window costs."""
