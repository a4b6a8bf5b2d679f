"""Links in a PostgreSQL database, which several hosts can share."""
