-- Whole sets or lists in one round trip.
-- KEYS: their keys. ARGV: 'set' or 'list'.
local found = {}
for i, key in ipairs(KEYS) do
  found[i] = ARGV[1] == 'set' and redis.call('SMEMBERS', key) or redis.call('LRANGE', key, 0, -1)
end
return found
