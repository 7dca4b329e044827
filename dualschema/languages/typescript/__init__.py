"""TypeScript, as the targets for its libraries share it."""
