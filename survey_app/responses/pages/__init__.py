"""The console's pages of responses and flags."""
