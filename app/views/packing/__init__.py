"""The page on which numbers become words."""
