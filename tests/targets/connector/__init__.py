"""The generated connector in a real client: Node, PowerSync's SDK, and a stub of the backend."""
