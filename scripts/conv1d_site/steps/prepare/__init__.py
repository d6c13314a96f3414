"""Before and while pages are made: run the snippets, and write what a generator is to find."""
