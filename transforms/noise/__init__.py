"""Differential privacy: contributions are bounded, figures per partition noised, and the loss is accounted for.

Neighbors differ in one privacy unit, added or removed. Noise is OpenDP's; it is drawn by who calls.
"""
