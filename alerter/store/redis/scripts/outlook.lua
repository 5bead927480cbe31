-- What waits: for each destination how many entries, and when the first that nobody is sending is due.
-- KEYS: prefix. Answers {destination, entries, due (domain µs) or nil} for each.
local p = KEYS[1]
local found = {}
for i, destination in ipairs(redis.call('SMEMBERS', p .. 'destinations')) do
  local first = redis.call('ZRANGE', p .. 'due:' .. destination, 0, 0, 'WITHSCORES')
  found[i] = { destination, redis.call('SCARD', p .. 'open:' .. destination), first[2] or false }
end
return found
