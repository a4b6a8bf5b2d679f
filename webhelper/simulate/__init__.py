"""The simulator alone: as a command for programs in any language, and as a server for pytest."""
