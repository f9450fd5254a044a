"""Charts and QR codes, drawn once and kept."""
