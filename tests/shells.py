"""Shells that complete a command line, as they do when a person presses Tab."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from tests.command import PROGRAM

BASH = """
source {script}
COMP_WORDS=({words}) COMP_CWORD=$(({count} - 1)) COMP_LINE={line}
_shtab_wasi_host
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
FISH = "source {script}; complete -C {line}"
ZSH = """
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT= RPROMPT=; unset zle_bracketed_paste'
zpty -w shell 'autoload -U compinit; compinit -u -d {dump}; eval "$(<{script})"'
zpty -w shell 'compadd () {{
  local -a found
  [[ " $* " == *" -"[OAD]" "* ]] && {{ builtin compadd "$@"; return }}
  builtin compadd -A found "$@"
  (( $#found )) && print -rl -- "" "offer:"$^found
  builtin compadd "$@"
}}'
zpty -w shell 'comppostfuncs=(exit); print re""ady'
while zpty -r shell part && [[ $part != *ready* ]]; do :; done
zpty -n -w shell {line}$'\t'
while zpty -r shell part; do print -rn -- "$part"; done
true
"""
SECONDS = 30
"""Most seconds that a shell may take."""


def offers(shell: str, script: str, line: str, folder: Path) -> set[str]:
    """Return what a shell offers for the last word of a line.

    Args:
        shell: ``bash``, ``fish`` or ``zsh``.
        script: the completion script.
        line: what a person typed.
        folder: the working folder.
    """
    file = folder.with_name(f"completion.{shell}")
    file.write_text(script, encoding="utf-8")
    words = line.split(" ")
    programs = {
        "bash": BASH.format(script=file, words=shlex.join(words), count=len(words), line=shlex.quote(line)),
        "fish": FISH.format(script=file, line=shlex.quote(line)),
        "zsh": ZSH.format(script=file, line=shlex.quote(line), dump=folder.parents[1] / "completions-of-zsh"),
    }
    out = subprocess.run(
        [shell, "-c", programs[shell]],
        cwd=folder,
        env={**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "HOME": str(folder.parent)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    ).stdout
    if shell == "zsh":
        return {each.removeprefix("offer:").strip() for each in out.splitlines() if each.startswith("offer:")}
    return {each.partition("\t")[0] for each in out.splitlines() if each}
