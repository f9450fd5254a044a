"""Stored responses: looked through, flagged, counted, written to files."""
