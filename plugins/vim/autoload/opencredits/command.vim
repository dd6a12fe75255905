" `:OpenCredits` and its sub-commands.

let s:cpo = &cpo
set cpo&vim

let s:COMMANDS = {
      \ 'details': function('opencredits#Details'),
      \ 'configure': function('opencredits#Configure'),
      \ 'refresh': function('opencredits#Refresh'),
      \ 'alert': function('opencredits#Alert'),
      \ 'restart': function('opencredits#Restart'),
      \ 'log': function('opencredits#Log'),
      \ }

" Run one; without a name, the details.
function! opencredits#command#Run(words) abort
  let l:name = a:words is# '' ? 'details' : trim(a:words)
  if !has_key(s:COMMANDS, l:name)
    call opencredits#message#Error(printf("':OpenCredits %s' is not known. There are: %s.", l:name, join(s:Names(), ', ')))
    return
  endif
  call opencredits#session#Sync()
  call s:COMMANDS[l:name]()
endfunction

" For -complete=custom: Vim picks those that begin as typed.
function! opencredits#command#Complete(_start, line, _at) abort
  return a:line =~# 'OpenCredits\s\+\S\+\s' ? '' : join(s:Names(), "\n")
endfunction

function! s:Names() abort
  return sort(keys(s:COMMANDS))
endfunction

let &cpo = s:cpo
unlet s:cpo
