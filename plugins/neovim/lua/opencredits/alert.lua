--- Alerts: each is shown once; one that offers actions waits for `:OpenCredits alert`.

local choice = require("opencredits.choice")
local message = require("opencredits.message")

local M = {}

local LEVELS = { info = vim.log.levels.INFO, warn = vim.log.levels.WARN, error = vim.log.levels.ERROR }
local MOST = 20

local waiting = {} ---@type opencredits.Alert[] newest first

---@param alert opencredits.Alert
function M.receive(alert)
  -- What is said begins with our own name anyway.
  local text = alert.title == "OpenCredits" and alert.message or ("%s: %s"):format(alert.title, alert.message)
  local actions = alert.actions or {}
  if #actions > 0 then
    local titles = vim.tbl_map(function(action)
      return action.title
    end, actions)
    text = ("%s [%s: ':OpenCredits alert']"):format(text, table.concat(titles, " | "))
    table.insert(waiting, 1, alert)
    waiting[MOST + 1] = nil
  end
  message.say(text, LEVELS[alert.level] or vim.log.levels.WARN)
end

---@param alert opencredits.Alert
local function act(alert)
  choice.ask(alert.title, alert.actions, function(action)
    local params = { subject = alert.id, action = action.id }
    require("opencredits.request").send("act", params, function()
      waiting = vim.tbl_filter(function(each)
        return each.id ~= alert.id
      end, waiting)
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
