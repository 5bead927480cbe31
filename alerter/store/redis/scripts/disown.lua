-- Free claims whose answer never reached the process that made them: nothing was done under them.
-- KEYS: prefix. ARGV: what ('polls' or 'deliveries'), process, then each claim that the process knows of.
local p = KEYS[1]
local process = ARGV[2]
local known = {}
for i = 3, #ARGV do
  known[ARGV[i]] = true
end
local polls = ARGV[1] == 'polls'
local owners = p .. (polls and 'polls:owner' or 'claims')
local flat = redis.call('HGETALL', owners)
for i = 1, #flat, 2 do
  local name = flat[i]
  if flat[i + 1] == process and not known[name] then
    redis.call('HDEL', owners, name)
    if polls then
      local due = redis.call('ZSCORE', p .. 'polls:claimed', name)
      if due then
        redis.call('ZREM', p .. 'polls:claimed', name)
        redis.call('ZADD', p .. 'polls:due', due, name)
      end
    else
      local found = redis.call('HMGET', p .. 'entry:' .. name, 'dest', 'due')
      redis.call('ZADD', p .. 'due:' .. found[1], found[2], name)
    end
  end
end
return 1
