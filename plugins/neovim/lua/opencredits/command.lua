--- `:OpenCredits` and its sub-commands.

local M = {}

---@type table<string, { run: fun(), description: string }>
M.commands = {
  details = {
    run = function()
      require("opencredits").details()
    end,
    description = "What is left, how fast it goes, and why something is not known.",
  },
  configure = {
    run = function()
      require("opencredits").configure()
    end,
    description = "Enter, replace or remove a key; choose accounts and the interval.",
  },
  refresh = {
    run = function()
      require("opencredits").refresh()
    end,
    description = "Ask OpenRouter now.",
  },
  alert = {
    run = function()
      require("opencredits").alert()
    end,
    description = "Answer an alert that offers something.",
  },
  restart = {
    run = function()
      require("opencredits").restart()
    end,
    description = "Start the core anew.",
  },
  log = {
    run = function()
      require("opencredits").log()
    end,
    description = "Open the core's log.",
  },
}

local function names()
  local all = vim.tbl_keys(M.commands)
  table.sort(all)
  return all
end

---@param words string[]
function M.run(words)
  local name = words[1] or "details"
  local command = M.commands[name]
  if not command or #words > 1 then
    local typed, known = table.concat(words, " "), table.concat(names(), ", ")
    require("opencredits.message").error(("':OpenCredits %s' is not known. There are: %s."):format(typed, known))
    return
  end
  command.run()
end

---@param start string what was typed of the word
---@param line string
---@return string[]
function M.complete(start, line)
  if line:match("OpenCredits%s+%S+%s") then
    return {}
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, start)
  end, names())
end

return M
