"""The vault of a region's subjects: random tokens and data keys that can really be destroyed."""
