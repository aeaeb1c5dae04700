"""Sequences: timed steps of mail and tasks, and the contacts that go through them."""
