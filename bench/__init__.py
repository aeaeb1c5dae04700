"""Benchmarks of cardcrm against floors measured in the same run: `python -m bench`."""
