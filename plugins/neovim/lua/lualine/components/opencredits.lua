--- lualine's component `opencredits`: the text in the colour of its level; a click refreshes.
---
--- lualine asks at least once a second, so what was answered before is answered again, until the status or
--- lualine's own colours change.

local Component = require("lualine.component"):extend()

-- The section's own group with the level's colour in front; it is made anew whenever lualine is set up anew.
---@param group string of the level
---@param section string
---@return string # its name
local function coloured(group, section)
  local name = ("%s_%s"):format(section, group)
  local colours = vim.api.nvim_get_hl(0, { name = section, link = false })
  local level = vim.api.nvim_get_hl(0, { name = group, link = false })
  colours.fg, colours.ctermfg = level.fg or colours.fg, level.ctermfg or colours.ctermfg
  colours.cterm = nil -- only says again what the others say
  vim.api.nvim_set_hl(0, name, colours --[[@as vim.api.keyset.highlight]])
  return name
end

function Component:init(options)
  options.on_click = options.on_click or function()
    require("opencredits").refresh()
  end
  Component.super.init(self, options)
  -- Who gave this component a colour wants that one.
  self.is_coloured = options.colored ~= false and not options.color
end

---@param shown opencredits.Shown
---@return string
function Component:render(shown)
  local section = self.default_hl:match("^%%#([%w_]+)#")
  if self.is_coloured and shown.group and section then
    return ("%%#%s#%s"):format(coloured(shown.group, section), shown.escaped)
  end
  return shown.escaped
end

function Component:update_status()
  local shown = require("opencredits.status").shown
  if shown ~= self.shown then
    self.shown, self.rendered = shown, {}
  end
  -- The name of the section's own group tells its mode, in which the background may be another one.
  local text = self.rendered[self.default_hl]
  if not text then
    text = self:render(shown)
    self.rendered[self.default_hl] = text
  end
  return text
end

-- Not while Neovim starts: there is nothing to see yet, and lualine would draw everything for it.
local function redraw()
  if vim.v.vim_did_enter == 1 then
    require("lualine").refresh()
  else
    vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = vim.schedule_wrap(redraw) })
  end
end

vim.api.nvim_create_autocmd("User", {
  group = vim.api.nvim_create_augroup("OpenCreditsLualine", { clear = true }),
  pattern = "OpenCreditsChanged",
  callback = redraw,
})

return Component
