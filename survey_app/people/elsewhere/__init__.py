"""Signing in from elsewhere: how each kind of provider is asked, what its claims grant, and who has come from it."""
