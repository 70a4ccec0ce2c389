"""Reading and writing files: whole or absent, bounded, and what is in them."""
