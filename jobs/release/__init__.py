"""Build, verify and attack releases: files and tables in, anonymous ones out, with the proof beside them."""
