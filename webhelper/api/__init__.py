"""The JSON API: bodies and answers (``bodies``), operations, and the OpenAPI document made from both."""
