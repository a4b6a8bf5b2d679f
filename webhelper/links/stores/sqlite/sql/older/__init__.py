"""What copies the rows of versions before the numbered files; the number is that of the version."""
