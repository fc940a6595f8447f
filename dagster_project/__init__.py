"""Jobs as Dagster assets; no logic of its own."""
