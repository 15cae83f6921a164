"""What the contract tests need of dispatch: instances, and the promises of its policies."""
