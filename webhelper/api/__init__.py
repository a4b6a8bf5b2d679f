"""The JSON API: links and returns, their schemas, and the OpenAPI document made from both."""
