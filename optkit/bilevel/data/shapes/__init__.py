"""The shapes of random bilevel instances, one module each."""
