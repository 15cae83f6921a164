"""Instance and solution files: reading, validating, hashing, migrating, writing."""
