" A status line for whoever has none: Vim's own, as it looks with 'ruler', and what is left of the credits.
" A status line that somebody has set is never touched.

let s:cpo = &cpo
set cpo&vim

let s:LINE = '%<%f %h%w%m%r%=%{%opencredits#StatuslineInColour()%}  %-14.(%l,%c%V%) %P'

let s:ours = get(s:, 'ours', {})  " the options that we have set, and to what

" Show it, where nobody has set another one.
function! opencredits#line#Show() abort
  let l:options = opencredits#options#Get()
  if l:options.enabled && l:options.statusline && s:IsUntouched('statusline', '')
    call s:Set('statusline', s:LINE)
    " By default a window that is alone has no status line.
    if s:IsUntouched('laststatus', 1)
      call s:Set('laststatus', 2)
    endif
  endif
endfunction

" Take it away again.
function! opencredits#line#Restore() abort
  for [l:option, l:value] in items(s:ours)
    if eval('&g:' . l:option) is# l:value
      execute 'set' l:option . '&'
    endif
  endfor
endfunction

function! s:Set(option, value) abort
  execute printf('let &g:%s = a:value', a:option)
  let s:ours[a:option] = a:value
endfunction

" Vim tells where an option was set, in a second line.
function! s:IsUntouched(option, default) abort
  return eval('&g:' . a:option) is# a:default
        \ && (has_key(s:ours, a:option) || len(split(execute('verbose setglobal ' . a:option . '?'), "\n")) == 1)
endfunction

let &cpo = s:cpo
unlet s:cpo
