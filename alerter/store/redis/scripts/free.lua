-- Free what processes hold: the one that leaves, or every one that no longer lives.
-- KEYS: prefix. ARGV: who asks (it lives), leaving process ('' = all the dead).
-- The signals they were reading are orphans: the next `adopt` hands them out, whoever asks, since not every
-- process reads. What they were sending is due again and in doubt, since nobody knows whether it arrived.
-- Answers how many things were freed.
local p = KEYS[1]
local asking, leaving = ARGV[1], ARGV[2]
local call = redis.call
local queue = p .. 'signals'
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local living = { [asking] = true }
for _, name in ipairs(call('ZRANGEBYSCORE', p .. 'processes', '(' .. string.format('%.0f', now), '+inf')) do
  living[name] = true
end

local function is_over(process)
  if leaving ~= '' then
    return process == leaving
  end
  return not living[process]
end

local function pairs_of(key)
  local flat = call('HGETALL', key)
  local at = -1
  return function()
    at = at + 2
    return flat[at], flat[at + 1]
  end
end

local function pass_on(consumer)
  local passed = 0
  local pending = call('XPENDING', queue, 'read', '-', '+', 500, consumer)
  while #pending > 0 do
    local ids = {}
    for i, entry in ipairs(pending) do
      ids[i] = entry[1]
    end
    local claim = { 'XCLAIM', queue, 'read', '~orphans', 0 }
    for _, id in ipairs(ids) do
      claim[#claim + 1] = id
    end
    claim[#claim + 1] = 'JUSTID' -- being passed on is not yet being handed out
    for _, id in ipairs(call(unpack(claim))) do
      call('RPUSH', p .. 'orphans', id)
      passed = passed + 1
    end
    pending = call('XPENDING', queue, 'read', '-', '+', 500, consumer)
  end
  call('XGROUP', 'DELCONSUMER', queue, 'read', consumer)
  return passed
end

local freed = 0
redis.pcall('XGROUP', 'CREATE', queue, 'read', '0', 'MKSTREAM') -- lost with the store's data, or there already
for _, consumer in ipairs(call('XINFO', 'CONSUMERS', queue, 'read')) do
  if consumer[2] ~= '~orphans' and is_over(consumer[2]) then
    freed = freed + pass_on(consumer[2])
  end
end
for source, owner in pairs_of(p .. 'polls:owner') do
  if is_over(owner) then
    call('HDEL', p .. 'polls:owner', source)
    local due = call('ZSCORE', p .. 'polls:claimed', source)
    if due then -- else it was unscheduled while it was polled
      call('ZREM', p .. 'polls:claimed', source)
      call('ZADD', p .. 'polls:due', due, source)
    end
    freed = freed + 1
  end
end
for entry, owner in pairs_of(p .. 'claims') do
  if is_over(owner) then
    local key = p .. 'entry:' .. entry
    local found = call('HMGET', key, 'dest', 'due')
    call('HDEL', p .. 'claims', entry)
    call('HSET', key, 'doubt', 1)
    call('ZADD', p .. 'due:' .. found[1], found[2], entry)
    freed = freed + 1
  end
end
for name, owner in pairs_of(p .. 'leases:owner') do
  if is_over(owner) then
    call('HDEL', p .. 'leases:owner', name)
    call('HDEL', p .. 'leases:until', name)
    freed = freed + 1
  end
end
if leaving ~= '' then
  call('ZREM', p .. 'processes', leaving)
else
  call('ZREMRANGEBYSCORE', p .. 'processes', '-inf', now)
end
return freed
