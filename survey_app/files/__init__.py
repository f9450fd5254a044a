"""Files that come in and go out, whatever they hold: opened within bounds, kept, written."""
