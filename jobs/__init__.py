"""The edge: sessions, tables, clocks, keys and commands."""
