"""The figures of docs/reliability.md: faults of disk, file and lock, made on purpose and measured."""
