-- Make a scheduled source due now, unless it is being polled; a hold still stands.
-- KEYS: prefix. ARGV: source, now (domain µs).
local p = KEYS[1]
local source, now = ARGV[1], ARGV[2]
if redis.call('ZSCORE', p .. 'polls:held', source) then
  local due = redis.call('HGET', p .. 'polls:after', source)
  if due and tonumber(due) > tonumber(now) then
    redis.call('HSET', p .. 'polls:after', source, now)
  end
  return 1
end
redis.call('ZADD', p .. 'polls:due', 'XX', 'LT', now, source)
return 1
