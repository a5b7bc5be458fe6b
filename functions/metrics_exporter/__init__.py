"""Measures the indices, and finds log sources that have fallen silent."""
