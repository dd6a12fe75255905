-- Commands, and a start with the defaults for whoever does not call setup(). Loads nothing by itself.

if vim.g.loaded_opencredits then
  return
end
vim.g.loaded_opencredits = true

if vim.fn.has("nvim-0.10") == 0 then
  vim.notify("OpenCredits needs Neovim 0.10 or newer.", vim.log.levels.ERROR)
  return
end

vim.api.nvim_create_user_command("OpenCredits", function(args)
  require("opencredits.command").run(args.fargs)
end, {
  nargs = "*",
  complete = function(start, line)
    return require("opencredits.command").complete(start, line)
  end,
  desc = "What is left of your OpenRouter credits, and what can be done about it",
})

vim.api.nvim_create_user_command("OpenCreditsRefresh", function()
  require("opencredits").refresh()
end, { desc = "Ask OpenRouter now what is left" })

local function start()
  if not vim.g.opencredits_disable then
    require("opencredits").start()
  end
end

if vim.v.vim_did_enter == 1 then
  vim.schedule(start) -- a plugin manager that loads late calls setup() right after this file
else
  vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = vim.schedule_wrap(start) })
end
