"""Keys: data keys in keysets, wrapped by a key-encryption key of a provider (docs/decisions/0023-keys.md)."""
