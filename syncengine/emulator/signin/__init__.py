"""Signing in as Intuit runs it: OAuth 2 with its consent page, and OpenID Connect with keys, claims and discovery."""
