" OpenRouter credits in the status line: the public door. What is not in here may change.
"
" The core (`opencredits bridge`) decides what is shown; this plugin shows it.

" For 'statusline' as %{opencredits#Statusline()}, and for whatever shows a text as it is. It only reads.
function! opencredits#Statusline() abort
  return g:opencredits#status#shown.text
endfunction

" For 'statusline' as %{%opencredits#StatuslineInColour()%}: the text in the colour of its level.
function! opencredits#StatuslineInColour() abort
  return s:IsInFocus() ? g:opencredits#status#shown.coloured : g:opencredits#status#shown.escaped
endfunction

" "ok", "low", "critical", "error" or "unknown"; the last one as well when there is nothing to show.
function! opencredits#Level() abort
  return g:opencredits#status#shown.level
endfunction

" The newest status of the core, as `opencredits status --json` prints it; {} before the first one.
function! opencredits#Status() abort
  return deepcopy(g:opencredits#status#newest)
endfunction

" Ask OpenRouter now.
function! opencredits#Refresh() abort
  call opencredits#request#Send('refresh', {})
endfunction

" Show the details in a popup.
function! opencredits#Details() abort
  call opencredits#details#Open()
endfunction

" Choose what to configure: keys, accounts, interval.
function! opencredits#Configure() abort
  call opencredits#menu#Open()
endfunction

" Answer an alert that offers something.
function! opencredits#Alert() abort
  call opencredits#alert#Choose()
endfunction

" Stop the core and start it again; also after it was given up.
function! opencredits#Restart() abort
  call opencredits#session#Restart()
endfunction

" Open the core's log.
function! opencredits#Log() abort
  execute 'split' fnameescape(opencredits#paths#Log())
  setlocal readonly autoread
endfunction

" The plugin does this by itself, once Vim is up.
function! opencredits#Start() abort
  call opencredits#status#Load()
  call opencredits#line#Show()
  call timer_start(0, {-> opencredits#session#Begin()})
endfunction

" Where another window has the focus, the colours of its own status line are the better ones.
function! s:IsInFocus() abort
  return win_getid() == get(g:, 'actual_curwin', win_getid())
endfunction
