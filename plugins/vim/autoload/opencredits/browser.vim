" Pages for the person's browser.

let s:cpo = &cpo
set cpo&vim

let s:HANDLER = ['url.dll,FileProtocolHandler']  " that of Windows, which a Linux within it reaches as well

" Open one, without a shell. Its address is said as well: over SSH there may be nothing that could show it.
function! opencredits#browser#Open(url) abort
  let l:command = s:Command()
  if empty(l:command)
    call s:Fail(a:url)
    return
  endif
  call opencredits#message#Info(printf('Opening %s', a:url))
  " stoponexit: a browser that was not there before outlives Vim.
  call job_start(l:command + [a:url], {
        \ 'in_io': 'null',
        \ 'out_io': 'null',
        \ 'err_io': 'null',
        \ 'stoponexit': '',
        \ 'exit_cb': {_, status -> status != 0 && s:Fail(a:url)},
        \ })
endfunction

function! s:Fail(url) abort
  call opencredits#message#Warn(printf('Open %s in your browser; from here that was not possible.', a:url))
endfunction

" What opens a page: as the person has told Vim's own :Open and gx, else what the system has. [] for nothing.
function! s:Command() abort
  let l:own = get(g:, 'Openprg', get(g:, 'netrw_browsex_viewer', ''))
  let l:commands = [type(l:own) == v:t_string ? split(l:own) : []]
  if has('win32')
    " By its whole path: Windows looks into the current folder first, where a project may have put anything.
    let l:commands += [[$SystemRoot . '\System32\rundll32.exe'] + s:HANDLER]
  else
    let l:commands += [[has('mac') ? 'open' : 'xdg-open'], ['wslview'], ['rundll32.exe'] + s:HANDLER]
  endif
  return get(filter(l:commands, '!empty(v:val) && executable(v:val[0])'), 0, [])
endfunction

let &cpo = s:cpo
unlet s:cpo
