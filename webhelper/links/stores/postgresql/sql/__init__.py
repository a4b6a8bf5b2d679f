"""The steps of the schema, as numbered SQL."""
