-- Let go of story keys that were last told before a domain time. The commit that tells them knows no time: the
-- first upkeep after it dates them.
-- KEYS: prefix. ARGV: now, before (domain µs). Answers how many were dated or went; call again until none is.
local p = KEYS[1]
local undated = redis.call('ZRANGEBYSCORE', p .. 'stories:told', 0, 0, 'LIMIT', 0, 500)
for _, key in ipairs(undated) do
  redis.call('ZADD', p .. 'stories:told', ARGV[1], key)
end
local old = redis.call('ZRANGEBYSCORE', p .. 'stories:told', '(0', '(' .. ARGV[2], 'LIMIT', 0, 500)
if #old > 0 then
  redis.call('HDEL', p .. 'stories', unpack(old))
  redis.call('ZREM', p .. 'stories:told', unpack(old))
end
return #undated + #old
