"""Pages and reports."""
