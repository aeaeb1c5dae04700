"""Maps: of braille characters for the terminal, and as a page of HTML with SVG."""
