"""Tools for contributors: benchmarks, the browser for the tests, the font."""
