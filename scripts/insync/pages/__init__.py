"""Pages: what of ours stands in their Markdown, and what they ask of the snippets."""
