"""The vendor's REST API: a client, its async twin, and the typed values that they return."""
