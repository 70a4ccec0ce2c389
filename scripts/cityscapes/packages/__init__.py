"""From an account at the site to unpacked packages."""
