"""Background work: the only maker of Celery tasks, and the jobs that people watch."""
