"""What people wrote in their own words: read, sorted under codes, counted and estimated; quoted by two persons."""
