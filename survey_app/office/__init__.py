"""The office's own affairs: accounts, roles, the audit trail."""
