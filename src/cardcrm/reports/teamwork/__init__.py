"""Figures of territories and teams."""
