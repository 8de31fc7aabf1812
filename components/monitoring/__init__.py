"""What is scraped, and the alerts for it."""
