"""Local search over sending trees."""
