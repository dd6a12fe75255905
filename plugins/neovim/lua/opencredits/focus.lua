--- Tells where the person is: on gaining and losing focus, and at the first input after a while without.

local M = {}

local A_WHILE = 30000 -- milliseconds
local namespace = vim.api.nvim_create_namespace("opencredits.focus")

--- Begin to tell.
---@param augroup integer
---@param tell fun(focused: boolean)
function M.start(augroup, tell)
  M.stop()
  local last_input = -math.huge
  vim.on_key(function()
    local now = vim.uv.now()
    if now - last_input >= A_WHILE then
      tell(true)
    end
    last_input = now
  end, namespace)
  for event, focused in pairs({ FocusGained = true, FocusLost = false }) do
    vim.api.nvim_create_autocmd(event, {
      group = augroup,
      desc = "opencredits.focus",
      callback = function()
        tell(focused)
      end,
    })
  end
end

--- Tell nothing any more.
function M.stop()
  vim.on_key(nil, namespace)
  pcall(vim.api.nvim_clear_autocmds, { group = "OpenCredits", event = { "FocusGained", "FocusLost" } })
end

return M
