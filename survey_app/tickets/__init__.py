"""Citizens' problems, from the report to the published answer."""
