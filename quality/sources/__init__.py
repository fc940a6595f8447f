"""Source mappings: what each column of a landed file becomes."""
