/** The shell script that answers on the far side: POSIX sh and the usual small programs, nothing is written there. */

import { usualDirectories } from './local-programs.js';

/** Frames begin with this word, made anew for each connection, so that nothing there can pretend to be one. */
export type FrameWord = string;

/**
 * What the shell is told first. Then each line that it reads is a call of one of its functions, so that the shell
 * itself is the loop, and it ends when its standard input does.
 *
 *     crd_run ID KEEP BYTES PACKING PROGRAM ARGUMENT... &       runs a program beside all else
 *     crd_kill SIGNAL PID                                       ends its process group
 *     crd_bye                                                   nothing is left to be ended
 *
 * What it writes, WORD being the one of the connection:
 *
 *     WORD hello NAME VALUE          about itself, when it begins; the last one is `WORD hello ready`
 *     WORD p ID PID                  a program was started, leader of a process group where that can be made
 *     WORD r ID LENGTH               it has ended, and LENGTH bytes and a line break follow:
 *                                    its status, its standard output, a line with a dot, its standard error
 *
 * Both outputs are encoded (`base64`, or `hex` where there is none), so a frame holds neither control characters
 * nor this word. They are held in memory until the program has ended, and only then take their turn. The turn is a
 * byte in a pipe that the shell has open at both ends: a here-document is a pipe in dash, busybox and bash since
 * 5.1; older bash makes one by process substitution, others by mkfifo.
 *
 * When the connection is lost, what was started and may still run is found by the variable CRDOCTOR_FAR in its
 * environment, and killed.
 */
export function writePrelude(word: FrameWord): string {
  // In two halves: a shell that sends back what it is told, or is none, must not look like one that works.
  const half = word.length / 2;
  const quoted = `'${word.slice(0, half)}''${word.slice(half)}'`;
  return `${script.replace('@WORD@', quoted).replace('@PATH@', usualDirectories.join(' '))}\n`;
}

const script = String.raw`crd_w=@WORD@
LC_ALL=C CRDOCTOR_FAR=$crd_w
export LC_ALL CRDOCTOR_FAR PATH
for crd_d in @PATH@; do case :$PATH: in *:$crd_d:*) ;; *) PATH=$PATH:$crd_d ;; esac; done
exec 8>&1
if [ -n "$BASH_VERSION" ]; then
set +o posix
eval 'exec 9<> <(:)'
echo >&9
else
exec 9<<X

X
if [ -p /proc/self/fd/9 ]; then exec 9<>/proc/self/fd/9; elif crd_d=$(mktemp -d) && mkfifo "$crd_d/x"; then
exec 9<>"$crd_d/x"
rm -r "$crd_d"
echo >&9
else
exit 70
fi
fi
crd_lock() { read -r crd_t <&9; }
crd_unlock() { echo >&9; }
crd_enc=
if command -v base64 >/dev/null; then crd_enc=base64; elif command -v od >/dev/null; then crd_enc='od -An -v -tx1'; else exit 71; fi
crd_gz=
if command -v gzip >/dev/null; then crd_gz='gzip -1'; fi
crd_set=
if command -v setsid >/dev/null; then crd_set=setsid; fi
crd_child() {
$crd_set "$@" </dev/null 3>&- 4>&- 8>&- 9>&- &
crd_p=$!
crd_lock
printf '%s p %s %s\n' "$crd_w" "$crd_i" "$crd_p" >&8
crd_unlock
wait "$crd_p" 2>/dev/null
crd_r=$?
[ -z "$crd_set" ] || kill -s KILL -- "-$crd_p" 2>/dev/null
return $crd_r
}
crd_can() { case $1 in */*) [ -f "$1" ] && [ -x "$1" ] ;; *) command -v "$1" >/dev/null 2>&1 ;; esac; }
crd_run() {
crd_i=$1 crd_k=$2 crd_m=$3 crd_c=$4
shift 4
if crd_can "$1"; then
crd_a=$( { {
if [ "$crd_c" = gz ]; then
crd_o=$( { crd_child "$@" 2>&4; echo $? >&3; } | "$crd_k" -c "$crd_m" | $crd_gz | $crd_enc )
else
crd_o=$( { crd_child "$@" 2>&4; echo $? >&3; } | "$crd_k" -c "$crd_m" | $crd_enc )
fi
printf '%s\n.\n' "$crd_o" >&3
} 4>&1 | tail -c 65536 | $crd_enc; } 3>&1 )
else
crd_a=127
case $1 in */*) [ ! -e "$1" ] || crd_a=126 ;; esac
fi
crd_lock
printf '%s r %s %s\n%s\n' "$crd_w" "$crd_i" "\${#crd_a}" "$crd_a" >&8
crd_unlock
}
crd_kill() { kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2" 2>/dev/null; }
crd_bye() { trap - EXIT; }
crd_end() {
for crd_f in $(grep -ls -e "$crd_w" /proc/[0-9]*/environ 2>/dev/null); do
crd_f=\${crd_f#/proc/}
[ "\${crd_f%/environ}" = $$ ] || kill -s KILL "\${crd_f%/environ}" 2>/dev/null
done
}
trap crd_end EXIT
trap 'exit 72' HUP INT TERM PIPE
crd_x=; read -r crd_x </proc/sys/kernel/osrelease
printf '\n%s hello release %s\n' "$crd_w" "$crd_x"
crd_x=; read -r crd_x </proc/sys/kernel/hostname
printf '%s hello hostname %s\n' "$crd_w" "$crd_x"
printf '%s hello machine %s\n%s hello user %s\n' "$crd_w" "$(uname -m)" "$crd_w" "$(id -u)"
printf '%s hello encoding %s\n%s hello packing %s\n' "$crd_w" "\${crd_enc%% *}" "$crd_w" "$crd_gz"
printf '%s hello path %s\n%s hello ready\n' "$crd_w" "$PATH" "$crd_w"`.replaceAll('\\${', '${');

/** A word as the shell reads it back, whatever bytes are in it but NUL. */
export function quoteWord(word: string | Buffer): Buffer {
  const text = Buffer.isBuffer(word) ? word.toString('latin1') : Buffer.from(word).toString('latin1');
  return Buffer.from(`'${text.replaceAll("'", "'\\''")}'`, 'latin1');
}
