-- luacheck reads this when it is told to check this folder.
std = "luajit"
globals = { "vim" }
max_line_length = 125
