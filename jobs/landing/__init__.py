"""Landed files: probed, kept, read and accounted for."""
