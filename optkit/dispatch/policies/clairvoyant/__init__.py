"""The clairvoyant policy, which knows the whole sample path."""
