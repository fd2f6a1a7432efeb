"""What `import trede` gives: a small face for notebooks and scripts. Tables come as Arrow."""
