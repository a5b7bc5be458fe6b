"""Keeps GeoLite2 databases and lists of bad addresses in the GeoIP bucket up to date."""
