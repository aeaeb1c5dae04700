"""A face: the shell. Typer commands, one file a noun; a noun is loaded only when it is called."""
