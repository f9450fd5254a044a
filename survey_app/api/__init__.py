"""What other programs read and write: REST under /api/v1, described by OpenAPI, opened by keys of a role."""
