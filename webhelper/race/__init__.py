"""A check of any store: racers use links up at once, and what they got is counted."""
