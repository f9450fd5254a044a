"""What the demonstration adds to the console."""
