"""The console's pages of accounts and of the audit trail."""
