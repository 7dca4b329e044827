"""The whole way: PowerSync's client in Node, HTTP, the server of the example, and Postgres."""
