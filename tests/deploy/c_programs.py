"""Programs in C around an exported header: compiled with every warning an error, fed on stdin, read from stdout."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

COMPILER = shutil.which("gcc") or shutil.which("clang") or shutil.which("cc")
FLAGS = ["-std=c99", "-O1", "-Wall", "-Wextra", "-pedantic", "-Wshadow", "-Wconversion", "-Werror"]
SANITIZERS = (
    ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover"] if sys.platform == "linux" else []
)

needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler: gcc, clang or cc")

READS_EXAMPLES = """
#include <stdio.h>
{before}
#include "net.h"

int main(void)
{{
    static net_workspace w;
    static {kind} x[net_inputs];
    while (fread(x, sizeof x[0], net_inputs, stdin) == net_inputs) {{
        net_run(x, &w);
        printf("%d", net_predict(x));
        {prints}
        printf("\\n");
    }}
    return net_selftest();
}}
"""
PRINTS_WORDS = """
        for (size_t k = 0; k < sizeof w.{field} / sizeof w.{field}[0]; ++k)
            printf(" %llx", (unsigned long long)w.{field}[k]);"""


def compiled(folder: Path, source: str, *flags: str) -> Path:
    """A program from source that includes headers of the same folder."""
    assert COMPILER is not None
    (folder / "main.c").write_text(source)
    done = subprocess.run(
        [COMPILER, *(flags or FLAGS), "-o", folder / "main", folder / "main.c", "-lm"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "main"


def run_header(
    folder: Path, examples: np.ndarray, fields: list[str], *flags: str, before: str = ""
) -> tuple[np.ndarray, np.ndarray]:
    """Run `net.h` on examples; returns the classes, `(n,)`, and the words of the fields, `(n, words)`.

    The program ends with the self-test, which must be passed.
    """
    source = READS_EXAMPLES.format(
        before=before,
        kind="uint8_t" if examples.dtype == np.uint8 else "float",
        prints="".join(PRINTS_WORDS.format(field=field) for field in fields),
    )
    program = compiled(folder, source, *flags)
    done = subprocess.run([program], input=np.ascontiguousarray(examples).tobytes(), capture_output=True)
    assert done.returncode == 0, f"the self-test found {done.returncode} difference(s)"
    rows = [line.split() for line in done.stdout.decode().splitlines()]
    words = [[int(word, 16) for word in row[1:]] for row in rows]
    return np.array([int(row[0]) for row in rows]), np.array(words, np.uint64)
