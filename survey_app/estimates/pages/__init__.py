"""The console's pages of estimates."""
