" A person's vimrc, before what a test adds. Colours of their own, so that the screen tells the groups apart; an airline
" that this machine loads by itself stays away, unless a test wants it.

set nocompatible
let g:loaded_airline = 1
for [s:group, s:colour] in items({'Ok': 2, 'Low': 3, 'Critical': 5, 'Error': 1})
  execute printf('highlight OpenCredits%s cterm=NONE ctermfg=0 ctermbg=%d', s:group, s:colour)
endfor
