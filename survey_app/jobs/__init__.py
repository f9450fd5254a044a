"""Work that takes longer than a page may: a queue in the database, the workers that empty it, the kinds of jobs."""
