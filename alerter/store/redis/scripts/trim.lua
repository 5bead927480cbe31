-- Let go of a log's oldest entries: those from before a domain time, or as old by the server's own clock (an entry
-- that claims a time far ahead must not keep the whole log).
-- KEYS: the log. ARGV: domain µs, ms of age, last position that may go ('+' = any). Answers how many went;
-- call again until none does.
local time = redis.call('TIME')
local written = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[2])
local before, last = tonumber(ARGV[1]), nil
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', ARGV[3], 'COUNT', 500)) do
  local at = tonumber(entry[2][2]) -- fields: t first
  if at >= before and tonumber(string.match(entry[1], '^%d+')) >= written then
    break
  end
  last = entry[1]
end
if not last then
  return 0
end
local ms, number = string.match(last, '^(%d+)-(%d+)$')
return redis.call('XTRIM', KEYS[1], 'MINID', ms .. '-' .. string.format('%.0f', number + 1))
