--- Tells where the person is: on gaining and losing focus, and at the first input after a while without.

local M = {}

local A_WHILE = 30000 -- milliseconds
local namespace = vim.api.nvim_create_namespace("opencredits.focus")

local EVENTS = {
  FocusGained = true,
  FocusLost = false,
  UIEnter = true,
  VimResume = true,
  VimSuspend = false,
}

local focused ---@type boolean? as the last event said
local last_input ---@type number

--- Begin to tell. Whoever starts is here, if they see anything.
---@param augroup integer
---@param tell fun(focused: boolean)
function M.start(augroup, tell)
  M.stop()
  focused = nil
  last_input = #vim.api.nvim_list_uis() > 0 and vim.uv.now() or -math.huge
  vim.on_key(function()
    local now = vim.uv.now()
    if now - last_input >= A_WHILE then
      tell(true)
    end
    last_input = now
  end, namespace)
  for event, gains in pairs(EVENTS) do
    vim.api.nvim_create_autocmd(event, {
      group = augroup,
      desc = "opencredits.focus",
      callback = function()
        focused = gains
        tell(gains)
      end,
    })
  end
end

--- Whether the person is here, as far as can be known: not every terminal tells of focus.
---@return boolean
function M.is_here()
  if focused == nil then
    return vim.uv.now() - last_input < A_WHILE
  end
  return focused
end

--- Tell nothing any more.
function M.stop()
  vim.on_key(nil, namespace)
  pcall(vim.api.nvim_clear_autocmds, { group = "OpenCredits", event = vim.tbl_keys(EVENTS) })
end

return M
