"""The outbox in the console: messages, channels, who is told of what, addresses of departments."""
