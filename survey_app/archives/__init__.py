"""Answers of closed surveys in Parquet files: written, held to their digests, read as if they stood in the database."""
