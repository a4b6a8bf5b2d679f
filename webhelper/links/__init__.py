"""Links: what one is, how it is signed and sealed, where it is kept, and the desk that serves them."""
