"""Free text loses what points at a person: found by patterns and words, replaced as the purpose asks."""
