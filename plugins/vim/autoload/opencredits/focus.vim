" Tells where the person is: on gaining and losing focus, and at the first input after a while without.

let s:A_WHILE = 30  " seconds

" Begin to tell.
function! opencredits#focus#Start(Tell) abort
  let s:Tell = a:Tell
  let s:last_input = 0
  augroup opencredits_focus
    autocmd!
    autocmd FocusGained * call s:Tell(v:true)
    autocmd FocusLost * call s:Tell(v:false)
    autocmd CursorMoved,CursorMovedI,InsertEnter,InsertCharPre,CmdlineEnter * call s:OnInput()
  augroup END
endfunction

" Tell nothing any more.
function! opencredits#focus#Stop() abort
  augroup opencredits_focus
    autocmd!
  augroup END
endfunction

function! s:OnInput() abort
  let l:now = localtime()
  if l:now - s:last_input >= s:A_WHILE
    call s:Tell(v:true)
  endif
  let s:last_input = l:now
endfunction
