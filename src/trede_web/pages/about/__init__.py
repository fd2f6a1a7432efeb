"""The application about itself: accessibility, patterns, the API, faults, a house style."""
