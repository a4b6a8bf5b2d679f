"""Fuzzing: readers of what comes from outside, given millions of inputs that nobody thought of."""
