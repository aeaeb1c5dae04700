"""Clusters: groups of customers who buy alike, found by k-means."""
