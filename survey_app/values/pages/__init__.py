"""The console's pages of indicator values."""
