"""The console's pages of citizens' problems."""
