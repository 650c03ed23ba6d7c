# Finds a JDK: read by ./souffleur and .ci/run.
jdk_least=25

# The major version of a JDK folder, or nothing when it is none.
jdk_version() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

is_jdk() {
  version=$(jdk_version "$1")
  [ -n "$version" ] && [ "$version" -ge "$jdk_least" ]
}

java_home_of_path() {
  found=$(command -v java) || return 0
  found=$(readlink -f "$found" 2>/dev/null || printf '%s' "$found")
  dirname "$(dirname "$found")"
}

find_jdk() {
  for home in "${JAVA_HOME:-}" "$(java_home_of_path)" \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/*; do
    if [ -n "$home" ] && is_jdk "$home"; then
      printf '%s' "$home"
      return 0
    fi
  done
  return 1
}

# Puts the JDK's folder into JAVA_HOME, or ends with what to do about it.
need_jdk() {
  HOME=${HOME:-/nonexistent}
  JAVA_HOME=$(find_jdk) || {
    printf '%s: needs a JDK %s or newer: install one (for example from %s) or let JAVA_HOME name it.\n' \
      "$1" "$jdk_least" https://adoptium.net >&2
    exit 1
  }
  export JAVA_HOME
}
