"""Unspin: find news that a machine reworded, and say which phrases give it away."""

__version__ = "0.1.0"
