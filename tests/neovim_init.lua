-- A person's configuration: the adapter, lualine with it alone, and a plugin for messages, menus and prompts, as many
-- people have one. The test has set `Adapter` and `Lualine`, their folders.
-- `Said` are the messages so far, `Asked` the menus; `Menu` and `Prompt` wait for an answer.

vim.opt.runtimepath:prepend(Adapter)
vim.opt.runtimepath:append(Lualine)
vim.o.termguicolors = true

Said, Notify = {}, vim.notify
vim.notify = function(text, level) table.insert(Said, { level = level, text = text }) end

Asked = {}
vim.ui.select = function(items, options, chosen)
  local titles = vim.tbl_map(options.format_item or tostring, items)
  Menu = { prompt = options.prompt, items = titles }
  table.insert(Asked, Menu)
  MenuChosen = vim.schedule_wrap(function(i) chosen(items[i], i) end) -- it may ask for something, and wait
end

-- Take the first of the menu that begins so; whether there is one.
function Choose(title)
  for i, each in ipairs(Menu and Menu.items or {}) do
    if vim.startswith(each, title) then
      Menu = nil
      MenuChosen(i)
      return true
    end
  end
  return false
end

vim.ui.input = function(options, answered)
  Prompt, PromptAnswered = options.prompt, answered
end

-- Enter this where it is asked for by that name; whether it is.
function Answer(prompt, text)
  if not Prompt or not vim.startswith(Prompt, prompt) then
    return false
  end
  Prompt = nil
  PromptAnswered(text)
  return true
end

Changes = 0
vim.api.nvim_create_autocmd("User", {
  pattern = "OpenCreditsChanged",
  callback = function() Changes = Changes + 1 end,
})

local nothing = { lualine_a = {}, lualine_b = {}, lualine_x = {}, lualine_y = {}, lualine_z = {} }
local sections = vim.tbl_extend("error", nothing, { lualine_c = { "opencredits" } })
require("lualine").setup({
  options = { icons_enabled = false, theme = "auto" },
  sections = sections,
  inactive_sections = sections,
})
