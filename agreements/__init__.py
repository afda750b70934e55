"""What partners permit each other: agreements, legal bases, uses, retention and its enforcement."""
