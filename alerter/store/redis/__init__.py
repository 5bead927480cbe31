"""The store over Redis or Valkey: streams, one Lua script per commit, two clients that retry no commit.

All replicas of the service share it. Keys, under one prefix (domain times in µs, the server's in ms):

- `signals` (stream, group `read`) → `readings` (stream; `state.position` tells how far it is evaluated);
  `id:IDENTITY` contents of its versions, `latest:IDENTITY` its newest reading, `named:OWN ID` its
  identity;
- `polls:due`, `polls:claimed` (domain), `polls:held` (server; `polls:after` tells when it is due then),
  `polls:owner|epoch|cursor|health|signature` by source, `sources:heard` (domain) for who pushes;
- `calls:BUDGET` (server), `closed:BUDGET`, which expire;
- `alerts`, `alerts:active|updated|resolved`, `touched:IDENTITY`, `stories` (`:told` domain), `series:ID`,
  `timers` (domain), `repeats`, `rules`;
- `entry:ENTRY`, `pending:ENTRY`, `frozen:ENTRY`, and for each destination `due:` (domain), `held:`
  (server), `open:`; `claims` entry → process; `ledger`, `dead:deliveries`, `dead:signals` (streams);
- `processes` alive until, `leases:owner|until|epoch`, `orphans` to read; `state` counters; `schema`.
"""

from alerter.store.redis.store import RedisStore

__all__ = ["RedisStore"]
