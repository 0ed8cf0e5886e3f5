"""Where things are: MGRS squares and the names of places. A leaf: knows no record, no store, no network."""
