" A status line for whoever has none: Vim's own, as it looks with 'ruler', and what is left of the credits.
" A status line that somebody has set is never touched.

let s:LINE = '%<%f %h%w%m%r%=%{%opencredits#StatuslineInColour()%}  %-14.(%l,%c%V%) %P'

" Show it, where nobody has set another one.
function! opencredits#line#Show() abort
  if !opencredits#options#Get().statusline || !opencredits#options#Get().enabled || !s:IsUntouched('statusline')
    return
  endif
  let &g:statusline = s:LINE
  " By default a window that is alone has no status line.
  if s:IsUntouched('laststatus')
    set laststatus=2
    let s:laststatus = 1
  endif
endfunction

" Take it away again.
function! opencredits#line#Restore() abort
  if &g:statusline is# s:LINE
    set statusline&
  endif
  if get(s:, 'laststatus', 0) && &laststatus == 2
    set laststatus&
    let s:laststatus = 0
  endif
endfunction

" Vim tells where an option was set, in a second line.
function! s:IsUntouched(option) abort
  let l:is_default = eval('&g:' . a:option) ==# (a:option is# 'statusline' ? '' : 1)
  return l:is_default && len(split(execute('verbose setglobal ' . a:option . '?'), "\n")) == 1
endfunction
