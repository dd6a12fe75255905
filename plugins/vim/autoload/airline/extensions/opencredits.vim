" vim-airline finds this by itself: the text stands in section x, or in its warning and error sections when it
" deserves that. Whoever sets g:airline#extensions#opencredits#enabled to 0 can place it elsewhere.

let s:SECTIONS = {'ok': 'x', 'low': 'warning', 'critical': 'error', 'error': 'error', 'unknown': 'x'}

function! airline#extensions#opencredits#init(ext) abort
  call a:ext.add_statusline_func('airline#extensions#opencredits#Apply')
endfunction

" airline asks before it builds the status line of a window, and again for every redraw.
function! airline#extensions#opencredits#Apply(...) abort
  for l:section in ['x', 'warning', 'error']
    let l:name = 'airline_section_' . l:section
    let w:[l:name] = printf('%%{airline#extensions#opencredits#Text(%s)}', string(l:section)) . get(w:, l:name, get(g:, l:name, ''))
  endfor
endfunction

" What stands in this section; '' where the text stands in another one.
function! airline#extensions#opencredits#Text(section) abort
  return s:Section() is# a:section ? airline#util#prepend(opencredits#Statusline(), 0) : ''
endfunction

" airline has no warnings and errors in a narrow window.
function! s:Section() abort
  let l:widths = get(g:, 'airline#extensions#default#section_truncate_width', {})
  return airline#util#winwidth() < get(l:widths, 'warning', 80) ? 'x' : s:SECTIONS[opencredits#Level()]
endfunction
