--- The conversation with one core: JSON-RPC, one message per line. docs/bridge.md is its contract.

local process = require("opencredits.process")

local M = {}

---@alias opencredits.Answer fun(err?: opencredits.Error, result?: table)

---@class opencredits.Bridge
---@field private process opencredits.Process
---@field private waiting table<integer, opencredits.Answer>
---@field private last_id integer
local Bridge = {}
Bridge.__index = Bridge

-- An empty table would be sent as a list.
local function params_of(params)
  return params and next(params) ~= nil and params or vim.empty_dict()
end

---@param message table
---@param on_notification fun(method: string, params: table)
local function receive(self, message, on_notification)
  if message.method then
    on_notification(message.method, message.params or {})
    return
  end
  local answer = self.waiting[message.id]
  if answer then
    self.waiting[message.id] = nil
    answer(message.error, message.result)
  end
end

--- Start a core and listen to it. Everything is called back in Neovim's main loop.
---@param argv string[]
---@param on_notification fun(method: string, params: table)
---@param on_exit fun(words: string) it ended without having been asked to; what it said last
---@return opencredits.Bridge? bridge
---@return string? problem
function M.open(argv, on_notification, on_exit)
  local self = setmetatable({ waiting = {}, last_id = 0 }, Bridge)
  local problem
  self.process, problem = process.start(
    argv,
    vim.schedule_wrap(function(line)
      local is_json, message = pcall(vim.json.decode, line, { luanil = { object = true, array = true } })
      if self.process and is_json and type(message) == "table" then
        receive(self, message, on_notification)
      end
    end),
    vim.schedule_wrap(function(words)
      if self.process then
        self.process = nil
        on_exit(words)
      end
    end)
  )
  if not self.process then
    return nil, problem
  end
  return self
end

---@param method string
---@param params? table
---@param answer opencredits.Answer
function Bridge:request(method, params, answer)
  self.last_id = self.last_id + 1
  self.waiting[self.last_id] = answer
  self:write({ id = self.last_id, method = method, params = params_of(params) })
end

---@param method string
---@param params table
function Bridge:notify(method, params)
  self:write({ method = method, params = params_of(params) })
end

---@private
function Bridge:write(message)
  message.jsonrpc = "2.0"
  if self.process then
    self.process:write(vim.json.encode(message))
  end
end

--- Whether it is still listened to.
---@return boolean
function Bridge:is_open()
  return self.process ~= nil
end

--- Who waits for an answer; nobody does afterwards.
---@return opencredits.Answer[]
function Bridge:take_waiting()
  local waiting = vim.tbl_values(self.waiting)
  self.waiting = {}
  return waiting
end

--- End it, and hear nothing of it any more.
---@param now? boolean the editor itself ends
function Bridge:close(now)
  if self.process then
    self.process:stop(now)
    self.process = nil
  end
end

return M
