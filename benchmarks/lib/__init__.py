"""What the groups share: the rows, the tables, the clock, and the databases to work on."""
