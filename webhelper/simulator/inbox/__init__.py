"""The inbox: a page that shows each API request and each event as it came, and what became of it."""
