"""Checks measure a frame and return verdicts; they never share code with the transforms they judge."""
