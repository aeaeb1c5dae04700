"""Front end for the shell: Typer commands, one module per noun, loaded only when called."""
