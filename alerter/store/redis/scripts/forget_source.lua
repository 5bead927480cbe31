-- Forget a source that is neither scheduled nor polled any more.
-- KEYS: prefix. ARGV: source. Answers whether it was forgotten.
local p = KEYS[1]
local source = ARGV[1]
for _, key in ipairs({ 'polls:signature', 'polls:owner' }) do
  if redis.call('HEXISTS', p .. key, source) == 1 then
    return 0
  end
end
for _, key in ipairs({ 'polls:cursor', 'polls:health', 'polls:epoch' }) do
  redis.call('HDEL', p .. key, source)
end
return 1
