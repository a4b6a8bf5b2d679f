"""Mutation tests break the code on purpose, in small ways, and report the breaks that no test catches.

mutmut does not fit: it breaks only what stands inside a function, and half of this project is tables,
statements and constants at module level; it also moves each function behind a wrapper, which the
tests of signatures, docstrings and import time see.
"""
