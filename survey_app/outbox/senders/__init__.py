"""How each kind of channel is spoken to: a module a kind. What it raises says whether another attempt makes sense."""
