"""The post: mail out over SMTP."""
