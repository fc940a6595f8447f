"""Attacks on published rows, run before anybody may read them. Each must be seen to succeed on the raw rows first."""
