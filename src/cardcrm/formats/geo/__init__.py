"""Files of maps: GeoJSON and KML."""
