"""A project: all pages, all snippets, and the record of each that is asked for."""
