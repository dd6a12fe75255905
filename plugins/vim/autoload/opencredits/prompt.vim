" Asking the person for a text, which goes into a request and nowhere else.

let s:WRITTEN_DOWN = "Vim was started with -w or -W and writes down what is typed. Use 'opencredits login' in a terminal."

" Ask, and send the request with what was entered; nothing where nothing was.
function! opencredits#prompt#Send(request, prompt) abort
  if a:prompt.secret && s:IsWrittenDown()
    call opencredits#message#Error(s:WRITTEN_DOWN)
    return
  endif
  if a:prompt.secret
    call s:StopRecording()
  endif
  " 'verbose' would write arguments into 'verbosefile'.
  0verbose call s:AskAndSend(a:request, a:prompt)
endfunction

function! s:AskAndSend(request, prompt) abort
  let l:Ask = function(a:prompt.secret ? 'inputsecret' : 'input')
  let l:text = l:Ask(a:prompt.title . ': ')
  redraw
  echo ''
  if l:text isnot# ''
    call opencredits#request#Send(a:request.method, extend({a:prompt.into: l:text}, a:request.params, 'keep'))
  endif
endfunction

" What is typed must not reach a register, which is written to disk, nor a log of channels and keys.
function! s:StopRecording() abort
  if reg_recording() isnot# ''
    normal! q
  endif
  call ch_logfile('')
endfunction

" With a number -w is about a window's height.
function! s:IsWrittenDown() abort
  let l:at = match(v:argv, '^-[wW]$')
  return l:at > 0 && get(v:argv, l:at + 1, '') !~# '^\d\+$'
endfunction
