"""The browser: rendered pages and captures, always in a child process."""
