"""The console's frame: menu, permissions, tables and figures that every subject's pages use."""
