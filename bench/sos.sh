#!/bin/bash
# Fetches sos and a Python for it into node_modules/.cache/sos, where both hosts of the lab see it. Nothing is
# installed; `rm -r node_modules/.cache/sos` takes it away again.
set -euo pipefail

place=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../node_modules/.cache/sos
packages=(sosreport python3-pexpect python3-ptyprocess python3.11-minimal libpython3.11-minimal libpython3.11-stdlib)

[ ! -x "$place/run" ] || exit 0
mkdir -p "$place/packages"
# _apt could not write here; nothing but files of packages is fetched.
(cd "$place/packages" && apt-get -q -o APT::Sandbox::User=root download "${packages[@]}")
for package in "$place"/packages/*.deb; do dpkg-deb --extract "$package" "$place/root"; done

cat >"$place/run.part" <<'RUN'
#!/bin/sh
# sos with the Python beside it.
root=$(dirname -- "$(readlink -f -- "$0")")/root
export PYTHONHOME="$root/usr" PYTHONPATH="$root/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1
verb=$1
shift
exec "$root/usr/bin/python3.11" "$root/usr/bin/sos" "$verb" --config-file "$root/etc/sos/sos.conf" "$@"
RUN
chmod +x "$place/run.part"
mv "$place/run.part" "$place/run"
