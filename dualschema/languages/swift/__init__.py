"""Swift, for the PowerSync SDK of the language."""
