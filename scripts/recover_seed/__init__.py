"""Finds the seed behind printed digits."""

from recover_seed.cli import chance_hits, search, stream, windows

__all__ = ["chance_hits", "search", "stream", "windows"]
