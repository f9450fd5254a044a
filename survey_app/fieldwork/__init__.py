"""Reaching people: posters, invitations, paper, tablets, and how far the field is."""
