# Sourced by tools/test, tools/demo and tools/bench: what a bare Debian 12 lacks is installed with apt. Whether a
# package is there is judged by what it brings, so this does nothing, and needs no apt, where everything is there.

# Is one of these files there? TINYRTOS_SYSROOT stands before each, for this file's own test.
have_file() {
    for file in "$@"; do
        [ -e "$file" ] && return 0
    done
    return 1
}

have_package() {
    root=${TINYRTOS_SYSROOT-}
    case $1 in
    libc6-dev) have_file "$root"/usr/include/stdio.h ;;
    libclang-rt-14-dev) have_file "$root"/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.asan-*.a ;;
    libcriterion-dev) have_file "$root"/usr/include/criterion/criterion.h ;;
    avr-libc) have_file "$root"/usr/lib/avr/include/avr/io.h ;;
    libnewlib-arm-none-eabi) have_file "$root"/usr/lib/arm-none-eabi/newlib/libc.a ;;
    libstdc++-arm-none-eabi-newlib) have_file "$root"/usr/lib/arm-none-eabi/newlib/libstdc++.a ;;
    libsimavr-dev) have_file "$root"/usr/include/simavr/sim_avr.h ;;
    libelf-dev) have_file "$root"/usr/include/libelf.h ;;
    arduino-core-avr) have_file "$root"/usr/share/arduino/hardware/arduino/avr/boards.txt ;;
    gcc) command -v cc >/dev/null && command -v gcc >/dev/null ;;
    ninja-build) command -v ninja >/dev/null ;;
    gcc-avr) command -v avr-gcc >/dev/null ;;
    gcc-arm-none-eabi) command -v arm-none-eabi-gcc >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# Those of the packages "$@" that are not there, on one line.
missing_packages() {
    for package in "$@"; do
        have_package "$package" || printf '%s ' "$package"
    done
}

# Install those of the packages "$@" that are not there, saying so first.
install_missing() {
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "$0: missing, and there is no apt-get to install it: $missing" >&2
        return 1
    fi
    as_root=
    if [ "$(id -u)" != 0 ]; then
        as_root=sudo
        if ! command -v sudo >/dev/null; then
            echo "$0: missing, and only root can install it: $missing" >&2
            return 1
        fi
    fi
    echo "$0: installing with ${as_root:+sudo }apt-get: $missing" >&2
    $as_root apt-get update -q >&2 &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
}

# For programs that need a C compiler and nothing else.
install_missing_cc() {
    echo '#include <stdio.h>' | cc -E - >/dev/null 2>&1 || install_missing gcc libc6-dev
}
