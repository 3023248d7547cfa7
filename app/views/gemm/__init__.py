"""The page that steps through the compiled loop."""
