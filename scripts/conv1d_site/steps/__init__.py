"""What this site needs done before and after a generator makes pages of Markdown, whichever generator it is.

`prepare` runs snippets and writes what the generator is to find: records, notebooks, words for the search.
`finish` mends and joins what it has made. `languages` is for both. Nothing here knows MkDocs or its theme:
conv1d_site.hooks calls these steps while MkDocs builds, and any other program can.
"""
