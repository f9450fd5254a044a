"""The web shell: all that touches HTTP, the database or the clock."""
