"""Links in one SQLite file."""
