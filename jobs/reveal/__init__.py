"""The identifier behind a token, shown to one person for one case once a second person agrees."""
