"""Where it lives: one file or server, its schema, its journal and its search index."""
