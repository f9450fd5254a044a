"""The console's pages that make a survey."""
