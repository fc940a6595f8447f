"""Whether a release of places holds what it claims: everything counted anew, by code of its own."""
