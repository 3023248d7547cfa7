"""The page about sign and what stands in for its slope."""
