"""Fetches what AWS delivers nowhere, and writes it to the log bucket like any other log."""
