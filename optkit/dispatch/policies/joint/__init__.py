"""All access points at once: what a queue costs depends on the set of its senders."""
