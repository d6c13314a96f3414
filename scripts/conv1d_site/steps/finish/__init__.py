"""After the pages have been made: mend them, join the languages, and let the whole site appear at once."""
