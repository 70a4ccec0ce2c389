"""The column on edited frames in tracked tables, which only tables with such frames have."""

EDITED = "edited"
# An edit takes the place of a file of the dataset; or the dataset has no annotation of the frame.
IN_PLACE, NEW = "yes", "new"
