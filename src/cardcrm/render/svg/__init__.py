"""Draw charts as SVG, for pages that need no network and no script.

The colors are custom properties of CSS, which the page sets for light, dark and paper.
"""
