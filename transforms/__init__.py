"""Pure functions, frame in, frame out, grouped by subject."""
