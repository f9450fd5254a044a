"""The console's pages of scores, self-assessment, rectification and final runs."""
