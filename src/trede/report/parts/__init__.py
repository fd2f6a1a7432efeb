"""The sections of a report, one module a subject. Each function takes a frame and returns a section, or None without any."""
