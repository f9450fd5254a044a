"""The documents that estimates are stored and printed as: every key with its type, and a reader for each format.

A document says its `format`. The keys of one format never leave or change their meaning; a new key is added to the
class it stands in, as `NotRequired` where documents of this format have been stored without it. Where a key must change,
the format gets the next number, and the reader of the old one makes the present form of it. What is stored stays as it is.

Numbers that small groups are protected by are None in what may be shown, so counts of groups may be None here too;
`suppressed` marks their rows.
"""
