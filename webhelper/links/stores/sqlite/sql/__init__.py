"""The numbered SQL files of the SQLite store; see ``numbered_sql``."""
