"""Alerts: who is told of which problem, by webhook or e-mail, once."""
