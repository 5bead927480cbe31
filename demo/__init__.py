"""The founding story, offline: local servers in the real formats, the real service, and a moved clock."""
