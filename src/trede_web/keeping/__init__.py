"""Backup and restore: everything of an installation in one file, whatever the database."""
