"""What is sent out of the house: notices, invitations and webhooks, kept in the database first and sent by the worker."""
