"""The JSON API: operations on links and returns, their schemas, and the OpenAPI document."""
