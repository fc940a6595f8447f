"""Pseudonyms, redaction, consent and crowds."""
