"""One module for each kind of record that has a place in the picture. A module here exports `PROJECTION`."""
