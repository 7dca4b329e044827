"""Client code as files: what is read, planned and written."""
