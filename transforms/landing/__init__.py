"""From records of landed files to typed raw rows."""
