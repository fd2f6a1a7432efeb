"""What two footprints tell beside each other: the exact bridge from one to the other, by cause."""
