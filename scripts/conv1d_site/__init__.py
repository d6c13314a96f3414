"""This site: what its pages need beside the engine, and what MkDocs calls while it builds them."""
