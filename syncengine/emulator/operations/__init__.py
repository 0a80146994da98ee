"""The operations of the API inside one company; `routes` says which request asks for which."""
