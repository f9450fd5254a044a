"""What a citizen meets who reports a problem or asks after it. Never the numeric stack."""
