"""The figures of docs/reliability.md: what breaks or is attacked, on purpose, and measured."""
