"""Jobs, and the worker that does them. Everything that changes a workspace folder is a job, so that one process writes."""
