"""What the functions share; every function's zip holds a copy."""

VERSION = "0.1.0"
