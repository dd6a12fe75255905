--- What can be configured: a tree that the core makes.

local choice = require("opencredits.choice")
local prompt = require("opencredits.prompt")
local request = require("opencredits.request")

local M = {}

---@param wanted opencredits.Choice
local function send(wanted)
  local method, params = wanted.request.method, wanted.request.params
  if not wanted.prompt then
    request.send(method, params)
    return
  end
  prompt.ask(wanted.prompt, function(text)
    request.send(method, vim.tbl_extend("force", params, { [wanted.prompt.into] = text }))
  end)
end

---@param title string
---@param choices opencredits.Choice[]
local function show(title, choices)
  choice.ask(title, choices, function(chosen)
    if chosen.choices then
      show(chosen.title, chosen.choices)
    else
      send(chosen)
    end
  end)
end

function M.open()
  request.send("menu", nil, function(menu)
    show(menu.title, menu.choices)
  end)
end

return M
