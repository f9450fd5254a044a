"""What Flask-Security leaves to the application: passwords, second factor, limits, sessions."""
