"""The table of Liveform parameters, and what is made from it: value rules, lookups, typed arguments."""
