"""The library: functions from arrays and records to arrays and records."""
