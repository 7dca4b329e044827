"""The contenders, none of which knows another."""
