"""The `geoward` command. Each module adds its commands to one app and imports what is heavy only when it runs."""
