"""The privacy budget: spent before anything is read, and never twice for the same figures."""
