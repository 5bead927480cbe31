-- The commit of evaluation: alerts, what they rest on, series, timers and what is due change as one.
-- KEYS: prefix. ARGV: lease, epoch, position before, position after, ms that names are remembered by default;
-- then ten lists, each a count and its rows, in the order in which they are read here.
-- Answers 1, or 'fenced'.
local p = KEYS[1]
local call = redis.call
local state, log = p .. 'state', p .. 'readings'

local epoch = call('HGET', p .. 'leases:epoch', ARGV[1])
if epoch ~= ARGV[2] or call('HEXISTS', p .. 'leases:owner', ARGV[1]) == 0 then
  return 'fenced'
end
if (call('HGET', state, 'position') or '0') ~= ARGV[3] then
  return 'fenced'
end

local at = 5
local function take()
  at = at + 1
  return ARGV[at]
end
local function times()
  return tonumber(take())
end

-- One command for many rows: a call from Lua costs more than what most of them do.
local function all(command, key, rows)
  for first = 1, #rows, 1000 do
    call(command, key, unpack(rows, first, math.min(first + 999, #rows)))
  end
end

if ARGV[4] ~= ARGV[3] then
  call('HSET', state, 'position', ARGV[4])
  local reading = call('XRANGE', log, ARGV[4], ARGV[4])[1]
  if reading then
    call('HSET', state, 'evaluated', reading[2][4]) -- fields: t, n, b
  end
end

-- alerts: fingerprint, active (0 or 1), resolved (domain µs), body
local count = times()
local update = count > 0 and call('HINCRBY', state, 'updates', count) - count
local bodies, updates, active_ones, resolved_ones, over = {}, {}, {}, {}, {}
for row = 1, count do
  local fingerprint, active, resolved = take(), take(), take()
  bodies[2 * row - 1], bodies[2 * row] = fingerprint, take()
  updates[2 * row - 1], updates[2 * row] = update + row, fingerprint
  if active == '1' then
    active_ones[#active_ones + 1] = fingerprint
  else
    over[#over + 1] = fingerprint
    resolved_ones[#resolved_ones + 1] = resolved
    resolved_ones[#resolved_ones + 1] = fingerprint
  end
end
all('HSET', p .. 'alerts', bodies)
all('ZADD', p .. 'alerts:updated', updates)
all('SADD', p .. 'alerts:active', active_ones)
all('ZREM', p .. 'alerts:resolved', active_ones)
all('SREM', p .. 'alerts:active', over)
all('ZADD', p .. 'alerts:resolved', resolved_ones)

-- touched: identity, fingerprint
local kept = call('HGET', state, 'identities_kept') or ARGV[5]
for _ = 1, times() do
  local key = p .. 'touched:' .. take()
  call('SADD', key, take())
  call('PEXPIRE', key, kept)
end

-- stories: key, story
local stories, told = {}, {}
for row = 1, times() do
  local key = take()
  stories[2 * row - 1], stories[2 * row] = key, take()
  told[2 * row - 1], told[2 * row] = 0, key -- dated by the next upkeep
end
all('HSET', p .. 'stories', stories)
all('ZADD', p .. 'stories:told', told)

-- vintages: series, body
for _ = 1, times() do
  call('RPUSH', p .. 'series:' .. take(), take())
end

-- timers that are gone: member; then timers that are set: member, due (domain µs)
for _ = 1, times() do
  call('ZREM', p .. 'timers', take())
end
local timers = {}
for row = 1, times() do
  timers[2 * row] = take()
  timers[2 * row - 1] = take()
end
all('ZADD', p .. 'timers', timers)

-- repeats that are over: group; then repeats that hold: group, body
for _ = 1, times() do
  call('HDEL', p .. 'repeats', take())
end
for _ = 1, times() do
  call('HSET', p .. 'repeats', take(), take())
end

-- rules: -1 = unchanged, else: id, signature
count = times()
if count >= 0 then
  call('DEL', p .. 'rules')
end
for _ = 1, count do
  call('HSET', p .. 'rules', take(), take())
end

local of_the_known = { updated = true, repeated = true } -- news of an alert that people have heard of

-- due: entry, destination, group, wait µs, interval µs, earliest change (domain µs), members; and for each
-- member: fingerprint, change, alert
for _ = 1, times() do
  local entry, destination, group, wait, interval, first = take(), take(), take(), times(), take(), times()
  local key, gathered = p .. 'entry:' .. entry, p .. 'pending:' .. entry
  local was = call('HMGET', key, 'frozen', 'flushed')
  call('HSET', key, 'dest', destination, 'group', group, 'interval', interval)
  call('PERSIST', key)
  call('SADD', p .. 'destinations', destination)
  call('SADD', p .. 'open:' .. destination, entry)
  if not was[1] then -- a frozen one is taken up again when its attempt has ended
    local due = math.max(first + wait, was[2] and was[2] + interval or 0)
    call('ZADD', p .. 'due:' .. destination, 'LT', string.format('%.0f', due), entry)
  end
  for _ = 1, times() do
    local fingerprint, change = take(), take()
    local order
    local old = call('HGET', gathered, fingerprint)
    if old then
      local before, place = string.match(old, '^(%S+) (%d+) ')
      order = place
      change = before == 'fired' and of_the_known[change] and before or change
    else
      order = call('HLEN', gathered)
    end
    call('HSET', gathered, fingerprint, change .. ' ' .. order .. ' ' .. take())
  end
end
return 1
