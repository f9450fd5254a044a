"""Use cases, one file each; the only writers of models."""
