"""Indicator values: who owes which, how they are entered, proven, handed in and verified."""
