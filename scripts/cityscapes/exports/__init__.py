"""Files that training frameworks and annotation tools read, made from what was painted."""
