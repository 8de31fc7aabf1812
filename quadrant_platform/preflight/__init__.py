"""What a program knows of its cluster before it registers anything, and what it refuses because of it."""
