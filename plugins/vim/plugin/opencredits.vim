" OpenRouter credits in Vim: commands, and the start once Vim is up. Loads nothing by itself.

if exists('g:loaded_opencredits')
  finish
endif
let g:loaded_opencredits = 1

let s:cpo = &cpo
set cpo&vim

function! s:Missing() abort
  if has('nvim')
    return 'OpenCredits for Vim does not run in Neovim; install OpenCredits for Neovim instead.'
  endif
  let l:missing = filter(['job', 'channel', 'timers', 'popupwin'], '!has(v:val)')
  if v:version < 900 || !empty(l:missing)
    let l:lacks = empty(l:missing) ? '' : ' and lacks +' . join(l:missing, ' +')
    return printf('OpenCredits needs Vim 9.0 or newer, not a tiny or small one; this is %d.%d%s.',
          \ v:version / 100, v:version % 100, l:lacks)
  endif
  return ''
endfunction

function! s:Warn(text) abort
  echohl WarningMsg
  echomsg a:text
  echohl None
endfunction

let s:missing = s:Missing()
if s:missing isnot# ''
  execute 'autocmd VimEnter * call s:Warn(' . string(s:missing) . ')'
  let &cpo = s:cpo
  finish
endif

command! -bar -nargs=* -complete=custom,opencredits#command#Complete OpenCredits
      \ call opencredits#command#Run(<q-args>)
command! -bar OpenCreditsRefresh call opencredits#command#Run('refresh')

if v:vim_did_enter
  call opencredits#Start()
else
  augroup opencredits_start
    autocmd!
    autocmd VimEnter * call opencredits#Start()
  augroup END
endif

let &cpo = s:cpo
unlet s:cpo
