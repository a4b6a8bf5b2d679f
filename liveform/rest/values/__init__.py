"""The typed values that the REST API answers with."""
