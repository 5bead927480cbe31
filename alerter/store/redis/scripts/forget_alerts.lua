-- Let go of alerts that resolved before a domain time.
-- KEYS: prefix. ARGV: domain µs. Answers how many went; call again until none does.
local p = KEYS[1]
local old = redis.call('ZRANGEBYSCORE', p .. 'alerts:resolved', '-inf', '(' .. ARGV[1], 'LIMIT', 0, 500)
if #old == 0 then
  return 0
end
redis.call('HDEL', p .. 'alerts', unpack(old))
redis.call('ZREM', p .. 'alerts:updated', unpack(old))
return redis.call('ZREM', p .. 'alerts:resolved', unpack(old))
