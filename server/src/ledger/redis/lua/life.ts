/**
 * Shared by the scripts that move entitlements after their claims, as `decide-move.ts` does on the embedded store. They have the same keys
 * in the same order. Each appends its entry before it takes anything away, so that a Redis out of memory refuses the step as a whole.
 */
export const LIFE_KEYS = 'head, entries, stock, holdings, subjects, reservations, tickets';

export const LIFE = String.raw`
local entries_key, stock_key, holdings_key, subjects_key, reservations_key, tickets_key = KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]

-- As sorted sets keep it, so that text order is number order.
local function member(seq)
  return string.format('%016d', tonumber(seq))
end

-- An entry's fields by name; nil: there is none.
local function entry_at(seq)
  local row = redis.call('XRANGE', entries_key, seq .. '-0', seq .. '-0')[1]
  if not row then
    return nil
  end
  local entry = {}
  for index = 1, #row[2], 2 do
    entry[row[2][index]] = row[2][index + 1]
  end
  return entry
end

local function terms_of(drop)
  local stands = redis.call('HMGET', stock_key, drop .. ' test', drop .. ' restock', drop .. ' entitlementMs', drop .. ' rules', drop .. ' lot')
  local rules = stands[4] and cjson.decode(stands[4]) or {}
  return { test = stands[1] == '1', returns = stands[2] == 'return', entitlement = tonumber(stands[3] or ''), reserve = rules.reserveMs,
    coded = rules.coded, lot = stands[5] }
end

local function count(held, what, by)
  return redis.call('HINCRBY', stock_key, held.drop .. ' ' .. what .. ' ' .. held.variant, by)
end

-- Moves what a test drop never does: taken, reserved.
local function move_stock(held, what, by)
  if not held.terms.test then
    count(held, what, by)
  end
end

-- Where the entitlement stands that an entry began; nil: it is not one, or not the one that stands for its viewer and drop.
local function entitlement(id)
  local begun = entry_at(id)
  if not begun or begun.of or (begun.type ~= 'Entered' and begun.type ~= 'Reserved' and begun.type ~= 'Granted') then
    return nil
  end
  local name = begun.viewer .. '/' .. begun.drop
  local state, seq, tail, shown = string.match(redis.call('HGET', holdings_key, name) or '', '^(%a+) (%d+) (%d+) ?(%d*)$')
  if seq ~= id then
    return nil
  end
  return { id = id, name = name, state = state, tail = tail, shown = shown ~= '' and shown or seq, begun = begun, drop = begun.drop,
    variant = begun.variant, viewer = begun.viewer, subject = begun.subject, terms = terms_of(begun.drop) }
end

-- Appends an entry of an entitlement: what is the same of all, then these fields and values.
local function record(book, held, entry, ...)
  if held.subject then
    return append(book, 'type', entry, 'drop', held.drop, 'variant', held.variant, 'viewer', held.viewer, 'of', held.id, 'subject', held.subject, ...)
  end
  return append(book, 'type', entry, 'drop', held.drop, 'variant', held.variant, 'viewer', held.viewer, 'of', held.id, ...)
end

local function stand(held, state, tail, shown)
  redis.call('HSET', holdings_key, held.name, state .. ' ' .. held.id .. ' ' .. tail .. ' ' .. shown)
end

-- More: fields and values. The unit is off the shelf already.
local function grant(book, held, more)
  local fields, terms = { unpack(more) }, held.terms
  local function write(name, value)
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
  write('serial', text(redis.call('HINCRBY', stock_key, held.drop .. ' serial', 1)))
  local granted = count(held, 'granted', 1)
  if terms.entitlement then
    write('expiresAt', text(book.now + terms.entitlement))
  end
  if terms.coded then
    write('unit', text(granted))
  end
  if terms.test then
    write('test', '1')
  end
  local seq = record(book, held, 'Granted', unpack(fields))
  stand(held, 'granted', seq, seq)
  return seq
end

local function end_reservation(held)
  move_stock(held, 'reserved', -1)
  redis.call('ZREM', reservations_key, member(held.shown))
end

-- Lets another viewer stand for the person.
local function free_person(held)
  if held.subject then
    redis.call('HDEL', subjects_key, held.drop .. '/' .. held.subject)
  end
end

local function expire(book, held, more)
  local seq = record(book, held, 'Expired', unpack(more))
  end_reservation(held)
  move_stock(held, 'taken', -1)
  free_person(held)
  stand(held, 'expired', seq, held.shown)
  return seq
end

local REVOCABLE = { entered = true, reserved = true, granted = true, fulfilled = true }

local function revoke(book, held, more)
  local serial = entry_at(held.shown).serial
  local seq = record(book, held, 'Revoked', unpack(serial and { 'serial', serial, unpack(more) } or more))
  if held.state == 'reserved' then
    end_reservation(held)
    move_stock(held, 'taken', -1)
  elseif held.state ~= 'entered' then
    count(held, 'revoked', 1)
    if held.terms.returns then
      move_stock(held, 'taken', -1)
    end
  elseif held.terms.lot == 'collecting' then
    redis.call('HINCRBY', stock_key, held.drop .. ' entered', -1)
    redis.call('ZREM', tickets_key, held.drop .. ' ' .. member(held.id) .. ' ' .. held.variant)
  end
  stand(held, 'revoked', seq, held.shown)
  return seq
end
`;
