--- Alerts: each is shown once; one that offers actions waits for `:OpenCredits alert`.

local choice = require("opencredits.choice")
local message = require("opencredits.message")

local M = {}

local LEVELS = { info = vim.log.levels.INFO, warn = vim.log.levels.WARN, error = vim.log.levels.ERROR }
local MOST = 20

local waiting = {} ---@type opencredits.Alert[] newest first

---@param id string
local function forget(id)
  waiting = vim.tbl_filter(function(alert)
    return alert.id ~= id
  end, waiting)
end

---@param alert opencredits.Alert
local function show(alert)
  forget(alert.id) -- one that was snoozed comes again
  if #alert.actions > 0 then
    table.insert(waiting, 1, alert)
    waiting[MOST + 1] = nil
  end
  -- What is said begins with our own name anyway.
  local text = alert.title == "OpenCredits" and alert.message or ("%s. %s"):format(alert.title, alert.message)
  local answer = #alert.actions > 0 and ":OpenCredits alert" or nil
  message.notify(text, LEVELS[alert.level] or vim.log.levels.WARN, answer)
end

--- Show it as soon as somebody can see it, and tell the core so. What a core had to show when it ended is shown
--- by another editor, or told again.
---@param alert opencredits.Alert
---@param bridge opencredits.Bridge whose core tells of it
function M.receive(alert, bridge)
  message.when_seen(function()
    if bridge:is_open() then
      show(alert)
      bridge:notify("shown", { id = alert.id })
    end
  end)
end

---@param alert opencredits.Alert
local function act(alert)
  choice.ask(alert.title, alert.actions, function(action)
    require("opencredits.request").send("act", { subject = alert.id, action = action.id }, function()
      forget(alert.id)
    end)
  end)
end

--- Choose one that waits, and then what to do about it.
function M.choose()
  if #waiting == 0 then
    message.info("no alert waits for an answer.")
  elseif #waiting == 1 then
    act(waiting[1])
  else
    local choices = vim.tbl_map(function(alert)
      return { title = alert.title, detail = alert.message, alert = alert }
    end, waiting)
    choice.ask("OpenCredits", choices, function(chosen)
      act(chosen.alert)
    end)
  end
end

return M
