"""What every subject stands on: clock, language, roles, settings, sealing, the audit trail."""
