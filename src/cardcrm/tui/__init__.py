"""The screen: a face like the shell's, which calls the same records and reports."""
