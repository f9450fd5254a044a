"""What answers mean: pure functions and frozen dataclasses over arrays."""
