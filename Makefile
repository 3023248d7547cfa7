# One command for each thing one does here. `make` alone lists them.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
C_SOURCES := $(filter-out ext/_%.c, $(wildcard ext/*.c))
WASM := bnnlab/page/bnnlab.wasm
WASM_C := bnnlab/page/module.c ext/drawing.c ext/lecture.c ext/naive.c ext/pack.c
WASM_H := bnnlab/deploy/export/inference.h bnnlab/page/freestanding/string.h $(addprefix ext/,cpu.h drawing.h epilogue.h \
	lecture_loop.h naive.h pack.h words.h xnor.h)
BUILT_FROM := pyproject.toml $(C_SOURCES) $(wildcard ext/*.h ext/*.pyx)

.PHONY: help lab test test-long check measure bench wasm clean

help:            ## list the commands
	@grep -E '^[a-z-]+: .*##' Makefile | sed 's/:.*##/\t/' | expand -t 12

lab: .venv/lab   ## set everything up and open the lab on http://127.0.0.1:8501 (or PORT=...)
	$(BIN)/bnnlab app --port $(PORT)

test: .venv/dev  ## set everything up, browsers included, and run every test
	$(BIN)/python tests/browser/programs.py
	$(BIN)/python tests/ext/toolchain.py
	$(BIN)/python -m pytest

test-long: .venv/dev ## many thousand random cases for every kernel, here and on emulated CPUs
	$(BIN)/python tests/ext/toolchain.py
	$(BIN)/python -m pytest -m long

check: .venv/dev ## ruff, mypy, and the C compiler with warnings as errors
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy bnnlab
	$(BIN)/mypy app tests
	$(CC) -std=c11 -O2 -Wall -Wextra -Wshadow -Wconversion -Werror -fsyntax-only $(C_SOURCES)
	$(CC) -std=c11 -O2 -Wall -Wextra -Wshadow -Wconversion -Werror -fsyntax-only -D_GNU_SOURCE -Iext tests/ext/*.c

measure: .venv/dev ## what watching a step costs, how live the lab is, model files, how equal exported networks are
	$(BIN)/python tests/measure/monitor_cost.py
	$(BIN)/python tests/measure/model_file.py
	$(BIN)/python tests/measure/live_lab.py
	$(BIN)/python tests/measure/notebook.py
	$(BIN)/python tests/measure/page_file.py
	$(BIN)/python -m tests.measure.exports

bench: .venv/bench ## how fast it is, beside other libraries (installs them) and what the CPU allows: minutes
	$(BIN)/bnnlab bench gemm
	$(BIN)/bnnlab bench conv
	$(BIN)/bnnlab bench pack
	$(BIN)/bnnlab bench threads
	$(BIN)/bnnlab bench inference

wasm:            ## compile the C of a page without a server to WebAssembly (clang and lld), kept in the package
	clang --target=wasm32 -mbulk-memory -std=c11 -O2 -ffreestanding -nostdlib -fvisibility=hidden \
		-Wall -Wextra -Wshadow -Wconversion -Werror -Ibnnlab/page/freestanding -Iext -Ibnnlab/deploy/export \
		-Wl,--no-entry,--export-dynamic,--allow-undefined,--strip-all,--export=__heap_base,-z,stack-size=16384 $(WASM_C) -o $(WASM)
	chmod 644 $(WASM)
	sha256sum $(WASM) $(WASM_C) $(WASM_H) > $(WASM:.wasm=.sha256)

clean:           ## remove what the commands above made
	rm -rf .venv build dist *.egg-info $(filter ext/_%.c, $(wildcard ext/*.c)) bnnlab/_*.so

.venv/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

# The stamps say what the environment was last installed for: the lab alone, or its development too.
.venv/lab: .venv/python $(BUILT_FROM)
	@echo 'Installing torch, streamlit and the compiled kernel: a few minutes'
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/dev: .venv/python $(BUILT_FROM)
	@echo 'Installing everything for development: a few minutes'
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ .venv/lab

.venv/bench: .venv/lab
	@echo 'Installing the libraries to be compared with'
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	touch $@
