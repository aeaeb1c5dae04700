"""Files of places: those of GeoNames, and the towns of the package geopointdb."""
