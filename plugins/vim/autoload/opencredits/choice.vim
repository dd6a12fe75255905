" Choosing among what the core offers. The popups take keys in Normal mode only: whoever types when one opens
" goes on typing.

let s:cpo = &cpo
set cpo&vim

" Show choices, each with a `title` and maybe a `detail`, and call Chosen(choice) for the one that is taken.
function! opencredits#choice#Ask(title, choices, Chosen) abort
  let l:popup = popup_menu(map(copy(a:choices), {_, choice -> s:Line(choice)}), {
        \ 'title': printf(' %s ', s:OneLine(a:title)),
        \ 'filtermode': 'n',
        \ 'wrap': 1,
        \ 'maxwidth': max([&columns - 6, 1]),
        \ 'maxheight': max([&lines - 6, 1]),
        \ 'callback': {_, number -> s:OnChoice(get(a:choices, number - 1, {}), number, a:Chosen)},
        \ })
  call setwinvar(l:popup, '&linebreak', 1)
endfunction

" Ask a question, and call Agreed() for a yes.
function! opencredits#choice#Confirm(question, Agreed) abort
  let l:popup = popup_dialog(split(a:question, "\n") + ['', 'y: yes   n: no'], {
        \ 'title': ' OpenCredits ',
        \ 'filter': 'popup_filter_yesno',
        \ 'filtermode': 'n',
        \ 'maxwidth': max([&columns - 6, 1]),
        \ 'callback': {_, answer -> answer is 1 && a:Agreed()},
        \ })
  call setwinvar(l:popup, '&linebreak', 1)
endfunction

" Only when the popup has gone from the screen: what comes next may ask for a text.
function! s:OnChoice(choice, number, Chosen) abort
  if a:number > 0
    call timer_start(0, {-> a:Chosen(a:choice)})
  endif
endfunction

function! s:Line(choice) abort
  let l:detail = get(a:choice, 'detail', v:null)
  return s:OneLine(l:detail is v:null || l:detail is# '' ? a:choice.title : printf('%s (%s)', a:choice.title, l:detail))
endfunction

function! s:OneLine(text) abort
  return substitute(a:text, '[[:cntrl:][:space:]]\+', ' ', 'g')
endfunction

let &cpo = s:cpo
unlet s:cpo
