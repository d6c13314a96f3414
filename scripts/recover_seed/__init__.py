"""Finds the seed behind printed digits."""
