"""Changing a questionnaire's YAML piece by piece: where a piece stands, what can be done, and its boxes on a form."""
