"""Work that takes longer than a page may: a queue in the database and the workers that empty it."""
