"""Single sign-on: what the provider proves, who that is at the desk, and the pages on the way."""
