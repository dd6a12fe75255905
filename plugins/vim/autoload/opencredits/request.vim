" A request that a person makes: whatever the answer carries is shown.

let s:cpo = &cpo
set cpo&vim

" Send it. Errors and messages are shown, and what needs a yes is asked. A third argument Done(result) is called
" after it was done.
function! opencredits#request#Send(method, params, ...) abort
  let l:Done = a:0 ? a:1 : function('s:Nothing')
  let l:Again = {token -> opencredits#request#Send(a:method, extend({'confirm': token}, a:params, 'keep'), l:Done)}
  call opencredits#session#Request(a:method, a:params, {error, result -> s:OnAnswer(error, result, l:Again, l:Done)})
endfunction

function! s:Nothing(_) abort
endfunction

" The params do not come along: they may hold a key, and 'verbose' writes arguments down.
function! s:OnAnswer(error, result, Again, Done) abort
  if !empty(a:error)
    call opencredits#message#Failure(a:error)
    return
  endif
  if has_key(a:result, 'status')
    call opencredits#status#Take(a:result.status)
  endif
  if get(a:result, 'message', v:null) isnot v:null
    call opencredits#message#Info(a:result.message)
  endif
  if get(a:result, 'url', v:null) isnot v:null
    call opencredits#browser#Open(a:result.url)
  endif
  if get(a:result, 'page', v:null) isnot v:null
    call opencredits#details#Show(a:result.page)
  endif
  let l:confirm = get(a:result, 'confirm', v:null)
  if l:confirm is v:null
    call a:Done(a:result)
  else
    call opencredits#choice#Confirm(l:confirm.text, {-> a:Again(l:confirm.token)})
  endif
endfunction

let &cpo = s:cpo
unlet s:cpo
