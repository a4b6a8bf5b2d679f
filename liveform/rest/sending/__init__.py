"""What a client does with an operation: limits, requests, retries, answers and failures."""
