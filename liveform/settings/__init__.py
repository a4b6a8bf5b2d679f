"""What a project is made of: its options, a settings table, a settings file, and secrets by reference."""
