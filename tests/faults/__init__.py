"""The figures of docs/reliability.md: faults of disk, file, lock and clock, and kills, made on purpose and measured."""
