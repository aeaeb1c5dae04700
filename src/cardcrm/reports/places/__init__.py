"""Reports about places: the shortest round of visits, and figures by region."""
