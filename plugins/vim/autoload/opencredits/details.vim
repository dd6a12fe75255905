" The details in a popup: a page, and below it lists whose rows can be acted on.

let s:cpo = &cpo
set cpo&vim

let s:KEYS = '<Enter> actions   r refresh   q close'
let s:MOVES = {
      \ 'j': 'j', 'k': 'k', "\<Down>": 'j', "\<Up>": 'k',
      \ "\<C-D>": "\<C-D>", "\<C-U>": "\<C-U>", "\<PageDown>": "\<C-D>", "\<PageUp>": "\<C-U>",
      \ "\<ScrollWheelDown>": 'j', "\<ScrollWheelUp>": 'k', 'g': 'gg', 'G': 'G',
      \ }
let s:WIDEST = 90

let s:popup = get(s:, 'popup', 0)
let s:rows = get(s:, 'rows', {})  " by line

" Show them as soon as the core has answered.
function! opencredits#details#Open() abort
  call opencredits#request#Send('details', {}, function('opencredits#details#Show'))
endfunction

" Show a page.
function! opencredits#details#Show(details) abort
  let l:lines = s:LayOut(a:details)
  if empty(popup_getpos(s:popup))
    let s:popup = s:Create()
    call setwinvar(s:popup, '&linebreak', 1)
  endif
  call popup_setoptions(s:popup, {'title': printf(' %s ', a:details.title)})
  call popup_settext(s:popup, l:lines)
endfunction

function! s:Create() abort
  return popup_create('', {
        \ 'filter': function('s:OnKey'),
        \ 'filtermode': 'n',
        \ 'mapping': 0,
        \ 'cursorline': 1,
        \ 'border': [],
        \ 'padding': [0, 1, 0, 1],
        \ 'close': 'button',
        \ 'zindex': 100,
        \ 'maxwidth': max([min([s:WIDEST, &columns - 6]), 1]),
        \ 'maxheight': max([&lines - 6, 1]),
        \ })
endfunction

function! s:LayOut(details) abort
  let l:lines = split(a:details.text, "\n", 1)
  let s:rows = {}
  for l:list in a:details.lists
    let l:lines += ['', l:list.title]
    for l:row in l:list.rows
      call add(l:lines, s:Line(l:row))
      let s:rows[len(l:lines)] = l:row
    endfor
  endfor
  return map(l:lines + ['', s:KEYS], {_, line -> substitute(line, '[[:cntrl:]]\+', ' ', 'g')})
endfunction

function! s:Line(row) abort
  let l:detail = get(a:row, 'detail', v:null)
  return '  ' . a:row.text . (l:detail is v:null || l:detail is# '' ? '' : '  ' . l:detail)
endfunction

function! s:OnKey(popup, key) abort
  if has_key(s:MOVES, a:key)
    call win_execute(a:popup, 'normal! ' . s:MOVES[a:key])
  elseif a:key is# "\<CR>"
    call s:Act(get(s:rows, line('.', a:popup), {}))
  elseif a:key is# 'r'
    call opencredits#request#Send('refresh', {}, function('s:Reload'))
  elseif index(['q', 'x', "\<Esc>", "\<C-C>"], a:key) >= 0
    call popup_close(a:popup)
  else
    return 0
  endif
  return 1
endfunction

function! s:Act(row) abort
  if !empty(get(a:row, 'actions', []))
    call opencredits#choice#Ask(a:row.text, a:row.actions, {action ->
          \ opencredits#request#Send('act', {'subject': a:row.id, 'action': action.id}, function('s:Reload'))})
  endif
endfunction

" A page that came with the answer is what the person wanted to see.
function! s:Reload(answer) abort
  if get(a:answer, 'page', v:null) is v:null && !empty(popup_getpos(s:popup))
    call opencredits#details#Open()
  endif
endfunction

let &cpo = s:cpo
unlet s:cpo
