"""CityPersons: detection of pedestrians, scored by the log-average miss rate."""
