"""The first and last bytes of a PNG file. Source: PNG specification (W3C), 5.2 and 11.2.5."""

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = b"IEND\xaeB`\x82"  # of the last chunk: its name and checksum
