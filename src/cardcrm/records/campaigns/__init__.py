"""Campaigns: mail to the contacts of a segment."""
