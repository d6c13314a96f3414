"""Running a snippet: from its cells to a record, in a process of its own."""
