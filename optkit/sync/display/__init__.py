"""Tables and pictures of instances and solutions."""
