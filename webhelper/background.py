"""Threads that do the jobs of a site beside its requests."""
