"""What is limited: who does it how often, and what is said when it is too much."""
