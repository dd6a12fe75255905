--- The details in a floating window: a page, and below it lists whose rows can be acted on.

local choice = require("opencredits.choice")
local request = require("opencredits.request")

local M = {}

local namespace = vim.api.nvim_create_namespace("opencredits.details")
local KEYS = " <CR> actions  r refresh  q close "
local WIDEST = 90

local window ---@type integer? the window that is open

local function is_open()
  return window and vim.api.nvim_win_is_valid(window)
end

local function close()
  if is_open() then
    vim.api.nvim_win_close(window, true)
  end
  window = nil
end

local function one_line(text)
  return (text:gsub("[%s%c]+", " "))
end

---@param row opencredits.Row
local function row_line(row)
  local detail = row.detail and row.detail ~= "" and "  " .. one_line(row.detail) or ""
  return "  " .. one_line(row.text) .. detail
end

---@param details opencredits.Details
---@return string[] lines
---@return table<integer, string> groups highlight group by line
---@return table<integer, opencredits.Row> rows by line
local function lay_out(details)
  local lines, groups, rows = vim.tbl_map(one_line, vim.split(details.text, "\n")), { "Title" }, {}
  for _, list in ipairs(details.lists) do
    vim.list_extend(lines, { "", one_line(list.title) })
    groups[#lines] = "Title"
    for _, row in ipairs(list.rows) do
      table.insert(lines, row_line(row))
      rows[#lines] = row
    end
  end
  return lines, groups, rows
end

---@param lines string[]
local function size(lines)
  local widest = vim.fn.strdisplaywidth(KEYS)
  for _, line in ipairs(lines) do
    widest = math.max(widest, vim.fn.strdisplaywidth(line))
  end
  local width = math.max(math.min(widest, WIDEST, vim.o.columns - 4), 1)
  local height = 0
  for _, line in ipairs(lines) do
    height = height + math.max(math.ceil(vim.fn.strdisplaywidth(line) / width), 1)
  end
  return width, math.max(math.min(height, vim.o.lines - 4), 1)
end

local function window_config(title, lines)
  local width, height = size(lines)
  return {
    relative = "editor",
    row = math.max(math.floor((vim.o.lines - height) / 2) - 1, 0),
    col = math.max(math.floor((vim.o.columns - width) / 2), 0),
    width = width,
    height = height,
    style = "minimal",
    border = "rounded",
    title = (" %s "):format(one_line(title)),
    title_pos = "center",
    footer = KEYS,
    footer_pos = "center",
  }
end

---@param answer table to what was done
local function reload(answer)
  if answer.page then -- it is what the person wanted to see
    return
  end
  request.send("details", nil, function(details)
    if is_open() then
      M.show(details)
    end
  end)
end

---@param row? opencredits.Row
local function act(row)
  if not row or #row.actions == 0 then
    return
  end
  choice.ask(row.text, row.actions, function(action)
    request.send("act", { subject = row.id, action = action.id }, reload)
  end)
end

local function map_keys(buffer, rows)
  local function map(key, action)
    vim.keymap.set("n", key, action, { buffer = buffer, nowait = true, silent = true })
  end
  map("q", close)
  map("<Esc>", close)
  map("<CR>", function()
    act(rows[vim.api.nvim_win_get_cursor(0)[1]])
  end)
  map("r", function()
    request.send("refresh", nil, reload)
  end)
end

local function fill(buffer, lines, groups)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  for line, group in pairs(groups) do
    vim.api.nvim_buf_set_extmark(buffer, namespace, line - 1, 0, { line_hl_group = group })
  end
end

local function new_window(config)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].filetype = "opencredits"
  window = vim.api.nvim_open_win(buffer, true, config)
  vim.wo[window].wrap = true
  vim.wo[window].linebreak = true
  vim.wo[window].cursorline = true
  vim.api.nvim_create_autocmd("WinLeave", { buffer = buffer, callback = vim.schedule_wrap(close), once = true })
  return buffer
end

-- To where <CR> does something, unless that would scroll the beginning out of sight.
local function go_to_first(rows, height)
  for line = 1, height do
    if rows[line] and #rows[line].actions > 0 then
      vim.api.nvim_win_set_cursor(window, { line, 0 })
      return
    end
  end
end

--- Show a page.
---@param details opencredits.Details
function M.show(details)
  local lines, groups, rows = lay_out(details)
  local config = window_config(details.title, lines)
  local was_open = is_open()
  local buffer
  if was_open then
    buffer = vim.api.nvim_win_get_buf(window)
    vim.api.nvim_win_set_config(window, config)
  else
    buffer = new_window(config)
  end
  fill(buffer, lines, groups)
  map_keys(buffer, rows)
  if not was_open then
    go_to_first(rows, config.height)
  end
end

--- Show them as soon as the core has answered.
function M.open()
  request.send("details", nil, M.show)
end

return M
