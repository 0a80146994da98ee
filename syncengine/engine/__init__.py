"""The engine: capture, plan, pull, reconcile, push, settle. Deciding is pure, acting is in one place each."""
