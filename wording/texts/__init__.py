"""The words, a module a subject: the name after the dot of a key, then Chinese and English."""
