"""Releases: what an anonymous table must hold before anybody may read it. One YAML declares one release."""
