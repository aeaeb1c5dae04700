"""The figures of feedback on products."""
