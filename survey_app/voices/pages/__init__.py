"""The console's pages of written answers."""
