"""What MkDocs calls while it builds: a module a job."""
