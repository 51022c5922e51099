/**
 * Part of the claim script: what it reads of a drop's terms and stock, whom the terms bar, and the stock written back. A drop is read
 * once a call. What few drops have (tiers, eligibility, proof, reservations, codes) stands in one field, `rules`, that others lack.
 */
export const CLAIM_TERMS = String.raw`
local drops = {}

local function drop_of(id)
  local drop = drops[id]
  if drop == nil then
    local stands = redis.call('HMGET', stock_key, id .. ' open', id .. ' serial', id .. ' test', id .. ' opensAt', id .. ' closesAt',
      id .. ' entitlementMs', id .. ' unlockedBy', id .. ' only', id .. ' rules', id .. ' lot', id .. ' entered')
    local rules = stands[9] and cjson.decode(stands[9])
    drop = stands[1] and {
      id = id, open = stands[1] == '1', serial = tonumber(stands[2]), test = stands[3] == '1',
      opens = tonumber(stands[4] or ''), closes = tonumber(stands[5] or ''), entitlement = tonumber(stands[6] or ''),
      gate = 'a:' .. stands[7] .. '/', gift = 'd:' .. id .. '/', only = stands[8], variants = {},
      rules = rules, reserve = rules and rules.reserveMs, coded = rules and rules.coded,
      lot = stands[10], entered = tonumber(stands[11] or ''),
    }
    drops[id] = drop
  end
  return drop
end

-- The variant that is meant; false: none of that name, or none named where there are several.
local function variant_of(drop, wanted)
  local name = wanted == '' and drop.only or (wanted ~= '' and string.sub(wanted, 2))
  if not name then
    return false
  end
  local variant = drop.variants[name]
  if variant == nil then
    local stands = redis.call('HMGET', stock_key, drop.id .. ' supply ' .. name, drop.id .. ' taken ' .. name, drop.id .. ' granted ' .. name,
      drop.id .. ' reserved ' .. name)
    variant = stands[1] and {
      name = name, supply = tonumber(stands[1]), taken = tonumber(stands[2]), granted = tonumber(stands[3]), reserved = tonumber(stands[4] or '0'),
    }
    drop.variants[name] = variant
  end
  return variant
end

local function holds(list, value)
  for _, each in ipairs(list) do
    if each == value then
      return true
    end
  end
  return false
end

local function not_eligible(rules, told)
  if rules.tiers and not holds(rules.tiers, told.tier) then
    return TIER
  elseif rules.countries and not holds(rules.countries, told.country) then
    return COUNTRY
  elseif rules.minAge and (told.age or -1) < rules.minAge then
    return AGE
  end
end

-- Why the drop's terms bar this viewer just now; nil: they do not. Told: what the claim says of the viewer, or nil.
local function barred(drop, told)
  local rules, opens = drop.rules, drop.opens
  if rules then
    told = told or {}
    local no = not_eligible(rules, told)
    if no then
      return no
    end
    local early = rules.early and rules.early[told.tier or '']
    opens = early and math.min(early, opens or early) or opens
  end
  if not drop.open then
    return CLOSED
  elseif opens and book.now < opens then
    return NOT_OPEN
  elseif drop.closes and book.now >= drop.closes then
    return CLOSED
  elseif rules and rules.proof and rules.proof ~= told.proof and (rules.proof ~= 'any' or (told.proof or '') == '') then
    return PROOF_NEEDED
  end
end

local function write_stock(touched)
  for id, drop in pairs(touched) do
    redis.call('HSET', stock_key, id .. ' serial', text(drop.serial))
    if drop.lot == 'collecting' then
      redis.call('HSET', stock_key, id .. ' entered', text(drop.entered))
    end
    for name, variant in pairs(drop.variants) do
      if variant then
        redis.call('HSET', stock_key, id .. ' taken ' .. name, text(variant.taken), id .. ' granted ' .. name, text(variant.granted))
        if drop.reserve then
          redis.call('HSET', stock_key, id .. ' reserved ' .. name, text(variant.reserved))
        end
      end
    end
  end
end
`;
