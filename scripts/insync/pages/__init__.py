"""Pages: the directives in their Markdown, and what they ask of the snippets."""
