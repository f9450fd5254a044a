"""The console's pages of fieldwork."""
