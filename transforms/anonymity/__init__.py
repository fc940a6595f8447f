"""Reach a privacy model: classes of rows that no quasi-identifier tells apart."""
