"""Gives the domain what it needs before the first document: index templates first of all."""
