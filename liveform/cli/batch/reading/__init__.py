"""From the bytes of IN to its rows: encodings, separators, and a module for each format."""
