"""The commands of `cardcrm report`, one module for each subject."""
