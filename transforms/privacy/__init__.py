"""Pseudonyms, consent and crowds."""
