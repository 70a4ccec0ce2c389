"""Downloading packages with an account at the site, and unpacking them."""
