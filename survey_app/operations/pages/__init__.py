"""The console's pages of running the product."""
