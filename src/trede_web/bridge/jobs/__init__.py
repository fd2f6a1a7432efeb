"""The work that is done beside the pages: the list of all jobs in `doing`, what they do by subject, and what they gave."""
