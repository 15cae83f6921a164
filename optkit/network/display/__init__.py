"""Networks in tables and pictures."""
