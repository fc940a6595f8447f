"""Places, cells and time slots."""
