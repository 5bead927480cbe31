-- Signals that cannot be read go from the queue to the dead letters.
-- KEYS: prefix. ARGV: reason; then per signal its queue entry, time seen (domain µs), body.
local p = KEYS[1]
local buried = 0
for i = 2, #ARGV, 3 do
  if redis.call('XACK', p .. 'signals', 'read', ARGV[i]) == 1 then
    redis.call('XDEL', p .. 'signals', ARGV[i])
    redis.call('XADD', p .. 'dead:signals', '*', 't', ARGV[i + 1], 'why', ARGV[1], 'b', ARGV[i + 2])
    buried = buried + 1
  end
end
return buried
