"""What the app's users have entered, as the API gives it: JSON, one row a line."""
