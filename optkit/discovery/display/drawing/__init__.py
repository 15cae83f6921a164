"""Pictures of discovery: networks window by window, time and energy of every window."""
