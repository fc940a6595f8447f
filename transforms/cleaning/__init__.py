"""Each event once, with the purposes it may serve."""
