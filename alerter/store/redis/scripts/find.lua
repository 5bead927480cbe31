-- The newest reading of a signal, by its identity or its own id.
-- KEYS: prefix. ARGV: name. Answers the reading's body or nil.
local p = KEYS[1]
local latest = redis.call('GET', p .. 'latest:' .. ARGV[1])
if not latest then
  local identity = redis.call('GET', p .. 'named:' .. ARGV[1])
  latest = identity and redis.call('GET', p .. 'latest:' .. identity)
end
if not latest then
  return false
end
local id = string.match(latest, ' (.+)$')
local found = redis.call('XRANGE', p .. 'readings', id, id)
return found[1] and found[1][2][6] -- fields: t, n, b
