--- Pages for the person's browser.

local message = require("opencredits.message")

local M = {}

--- Open one. Its address is said as well: over SSH there may be nothing that could show it.
---@param url string
function M.open(url)
  local was_tried, _, problem = pcall(vim.ui.open, url)
  if was_tried and not problem then
    message.info(("Opening %s"):format(url))
  else
    message.warn(("Open %s in your browser; from here that was not possible."):format(url))
  end
end

return M
