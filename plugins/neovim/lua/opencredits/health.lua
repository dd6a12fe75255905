--- `:checkhealth opencredits`: which core, does it answer, what does it show, where is its log.

local config = require("opencredits.config")
local core = require("opencredits.core")
local paths = require("opencredits.paths")
local session = require("opencredits.session")
local status = require("opencredits.status")

local M = {}

local PATIENCE = 5000 -- milliseconds

local function check_options()
  if config.get().enabled then
    vim.health.ok("enabled")
  else
    vim.health.warn("switched off: enabled = false in setup()")
  end
end

---@return boolean
local function check_core()
  local found, problem = core.find()
  if not found then
    vim.health.error(problem or "", { core.INSTALL, "opencredits login" })
    return false
  end
  vim.health.ok(("core: %s, found in %s"):format(table.concat(found.command, " "), found.step))
  return true
end

local function check_bridge()
  local err, answer
  session.request("status", nil, function(...)
    err, answer = ...
  end)
  vim.wait(PATIENCE, function()
    return err ~= nil or answer ~= nil
  end, 20)
  if answer then
    local server = session.server or {}
    vim.health.ok(("bridge: %s %s answers"):format(server.name or "core", server.version or "?"))
  else
    local advice = { "Try ':OpenCredits restart'.", "See ':OpenCredits log'." }
    vim.health.error("bridge: " .. (err and err.message or "does not answer"), advice)
  end
end

local function check_status()
  local newest = status.newest
  if not newest then
    vim.health.info("status: none yet")
    return
  end
  local report = (newest.level == "ok" or newest.level == "unknown") and vim.health.ok or vim.health.warn
  report(("status: %s"):format(status.shown.text ~= "" and status.shown.text or "nothing is to be shown"))
  if newest.tooltip_text and newest.tooltip_text ~= "" then
    vim.health.info(newest.tooltip_text)
  end
end

local function check_log()
  local path = paths.log()
  vim.health.info(("log: %s%s"):format(path, vim.uv.fs_stat(path) and "" or " (not written yet)"))
end

function M.check()
  vim.health.start("OpenCredits " .. require("opencredits.version"))
  check_options()
  if check_core() and config.get().enabled then
    check_bridge()
    check_status()
  end
  check_log()
end

return M
