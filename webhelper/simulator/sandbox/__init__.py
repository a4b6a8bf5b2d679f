"""What the simulator remembers: submissions, token ids, events and requests, in one SQLite file."""
