"""What copies the rows of versions before the numbered files; the number is the version that they come from."""
