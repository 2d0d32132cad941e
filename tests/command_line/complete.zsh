# SPDX-License-Identifier: Apache-2.0
# complete.zsh SCRIPT LINE...: what each LINE becomes in zsh when Tab is pressed at its end. A
# terminal is needed for that.
zmodload zsh/zpty
script=$1
shift
zpty shell zsh -f -i
zpty -w shell "PS1=; TERM=dumb; KEYTIMEOUT=1; unsetopt beep; autoload -Uz compinit; compinit -u -D"
zpty -w shell "source $script"
zpty -w shell "tell() { print -r -- \"<\$BUFFER>\"; BUFFER=; }; zle -N tell; bindkey '^X' tell"
zpty -w shell "print -r -- rea''dy"
zpty -r shell output '*ready*'
for line in "$@"; do
  zpty -w -n shell $line$'\t\C-x'
  zpty -r shell output $'*<retimu*>*'
  output=${output##*<}
  print -r -- ${output%%>*}
done
zpty -d shell
