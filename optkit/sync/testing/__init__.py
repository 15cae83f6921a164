"""What the contract tests need of sync: instances, and the promises of its policies."""
