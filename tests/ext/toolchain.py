"""Finds what runs the C tests on other CPUs, or installs it: `python tests/ext/toolchain.py`."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

COMPILER, EMULATOR_ARM, EMULATOR_X86 = "aarch64-linux-gnu-gcc", "qemu-aarch64", "qemu-x86_64"

PACKAGES = ("gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross", "qemu-user")


def missing() -> list[str]:
    """Names of what is not there."""
    tools = [tool for tool in (COMPILER, EMULATOR_ARM, EMULATOR_X86) if not shutil.which(tool)]
    return tools if COMPILER in tools or _has_library() else [*tools, "libc.a for aarch64"]


def _has_library() -> bool:
    """Whether the compiler knows where the C library is; if not, it answers with the bare name."""
    asked = subprocess.run([COMPILER, "-print-file-name=libc.a"], capture_output=True, text=True)
    return Path(asked.stdout.strip()).is_absolute()


def why_not() -> str | None:
    """Why other CPUs cannot be emulated here, and what would change that; None if they can."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "AMD64"):
        return f"other CPUs are emulated on x86-64 Linux, this is {platform.machine()} {sys.platform}"
    if tools := missing():
        return f"{' and '.join(tools)} not found: apt-get install {' '.join(PACKAGES)}"
    return None


def may_install() -> bool:
    """Whether this user may install Debian packages."""
    return bool(shutil.which("apt-get")) and hasattr(os, "geteuid") and os.geteuid() == 0


def install() -> None:
    """Ask the system's package manager; what fails is left to `missing`."""
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", *PACKAGES]):
        print("+", " ".join(command), flush=True)
        subprocess.run(command, check=False)


def main() -> None:
    """Make sure the tools are there, or say what the tests will skip; where `CI` is set, that is an error."""
    if missing() and may_install():
        install()
    reason = why_not()
    print("Other CPUs:", reason or "aarch64 and older x86-64, by qemu-user")
    if reason and may_install() and os.environ.get("CI"):
        sys.exit(1)


if __name__ == "__main__":
    main()
