"""The page with the claims, and the way out."""
