"""Webhooks: what changed is noted with the change itself, and told to the apps that asked for it until they say 200."""
