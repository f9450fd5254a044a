"""Estimates of satisfaction: runs, their review, comparison, trend, charts and report."""
