"""What MkDocs calls while it builds: a module a job, each of which calls steps that do not know MkDocs.

The files under `hooks:` in mkdocs.yml are those that MkDocs calls; `order` says when. The others (`built`,
`command`, `layout`, `saved_pages`, `second_build`, `share`, `watched`) are imported by them: MkDocs loads a
hook by its path, under another module name, so that what two hooks share cannot be in one of them.
"""
