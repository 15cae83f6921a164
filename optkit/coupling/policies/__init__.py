"""Who is told what and when, while jobs are dispatched."""
