" The one module that speaks to the user. What it says comes from the core, save for a few words about a core
" that is missing or ends.

let s:cpo = &cpo
set cpo&vim

let s:GROUPS = {'info': 'None', 'warn': 'WarningMsg', 'error': 'ErrorMsg'}
let s:POPUP_GROUPS = {'info': 'Pmenu', 'warn': 'OpenCreditsLow', 'error': 'OpenCreditsCritical'}
let s:POPUP_TIME = 10000  " milliseconds
let s:LOOK_AGAIN = 300  " milliseconds
let s:WIDEST = 70

let s:popups = get(s:, 'popups', [])

function! opencredits#message#Info(text) abort
  call s:Say(a:text, 'info')
endfunction

function! opencredits#message#Warn(text) abort
  call s:Say(a:text, 'warn')
endfunction

function! opencredits#message#Error(text) abort
  call s:Say(a:text, 'error')
endfunction

" What the core says has gone wrong, and what to do next.
function! opencredits#message#Failure(error) abort
  let l:data = get(a:error, 'data', {})
  let l:action = type(l:data) == v:t_dict ? get(l:data, 'action', v:null) : v:null
  call opencredits#message#Error(a:error.message . (l:action is v:null ? '' : ' ' . l:action))
endfunction

" What should be seen without having been asked for: a popup, which also stays in :messages.
" `hint` says what can be done about it, or is ''.
function! opencredits#message#Notify(title, text, hint, level) abort
  let l:level = has_key(s:GROUPS, a:level) ? a:level : 'warn'
  call s:Popup(a:title, split(a:text, "\n") + (a:hint is# '' ? [] : [a:hint]), l:level)
  let l:title = a:title is# 'OpenCredits' ? [] : [a:title . '.']
  call s:PrintSoon(join(['OpenCredits:'] + l:title + [a:text] + (a:hint is# '' ? [] : [a:hint])), l:level)
endfunction

" What does not fit into one line would make everything wait for a key: the whole of it is in a popup then.
function! s:Say(text, level) abort
  let l:text = 'OpenCredits: ' . trim(a:text)
  if strdisplaywidth(l:text) > v:echospace || l:text =~# '\n'
    call s:Popup('OpenCredits', split(trim(a:text), "\n"), a:level)
  endif
  call s:PrintSoon(l:text, a:level)
endfunction

" Whether a popup would be on the screen: not where Vim waits for a key before it draws anything, and not in Ex mode.
function! opencredits#message#CanBeSeen() abort
  return mode(1) !~# '^\%(r\|c[ev]\)'
endfunction

" Make room for what the person does about it.
function! opencredits#message#ClosePopups() abort
  call map(s:popups, 'popup_close(v:val)')
  let s:popups = []
endfunction

function! s:Popup(title, lines, level) abort
  call filter(s:popups, '!empty(popup_getpos(v:val))')
  let l:popup = popup_notification(a:lines, {
        \ 'title': printf(' %s ', s:OneLine(a:title)),
        \ 'highlight': s:POPUP_GROUPS[a:level],
        \ 'maxwidth': max([min([s:WIDEST, &columns - 6]), 1]),
        \ 'time': s:POPUP_TIME,
        \ })
  call setwinvar(l:popup, '&linebreak', 1)
  call add(s:popups, l:popup)
endfunction

" Not from within a command that somebody has typed: what is printed there scrolls, and waits for a key.
function! s:PrintSoon(text, level) abort
  call timer_start(0, {-> s:Print(a:text, a:level)})
endfunction

" One line, the whole of which is in :messages. Not over a command line that somebody is typing.
function! s:Print(text, level) abort
  if mode(1) =~# '^\%(cr\=$\|r\)'
    call timer_start(s:LOOK_AGAIN, {-> s:Print(a:text, a:level)})
    return
  endif
  let l:shortmess = &shortmess
  set shortmess+=T
  redraw
  execute 'echohl' s:GROUPS[a:level]
  echomsg s:OneLine(a:text)
  echohl None
  let &shortmess = l:shortmess
endfunction

function! s:OneLine(text) abort
  return substitute(a:text, '[[:cntrl:]]\+', ' ', 'g')
endfunction

let &cpo = s:cpo
unlet s:cpo
