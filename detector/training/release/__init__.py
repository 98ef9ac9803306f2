"""From a work folder to a released model that its owner can trust: cards, checks, and what moves for its users."""
