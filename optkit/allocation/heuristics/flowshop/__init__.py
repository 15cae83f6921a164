"""Orders and loads for true store-and-forward times: a flow shop along paths."""
