"""Numbers about what actors do."""
