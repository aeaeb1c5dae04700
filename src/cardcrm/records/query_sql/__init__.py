"""The filter language compiled to SQL, list columns and segments."""
