"""Where things are: MGRS squares, names of places, frames in metres, layers of ground. A leaf: knows no record."""
