"""Where everything lives between stages: one protocol, three stores (redis, memory, embedded)."""
