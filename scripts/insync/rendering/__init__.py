"""Pages and notebooks made of records; nothing is run here."""
