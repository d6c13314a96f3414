"""Tools for whoever works on the project: benches, the browser for the tests, the font."""
