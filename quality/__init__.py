"""What must be true: contracts, policies, source mappings and checks."""
