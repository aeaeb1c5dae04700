"""Measures cardcrm against the floors it stands on: `python -m bench`."""
