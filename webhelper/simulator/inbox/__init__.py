"""A page for testers: they decide submissions, set faults and the clock, and see each request and event."""
