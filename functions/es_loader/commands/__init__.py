"""What the `siem` command does: one module for each of its commands; none is in a zip."""
