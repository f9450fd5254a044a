"""The console's pages of briefs, and the one page that a read-only link opens."""
