# cognito_mp: `make` lists what there is to make. Everything it needs goes to .venv/ and build/, which git ignores.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long faults test-aws bench figures \
	lint size test-native test-page page-pictures diagrams test-rp2040 site dist release firmware emulate clean

help:  ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-13s %s\n", $$1, $$2 }'

setup: $(READY)  ## install the host side into .venv (the other targets do this by themselves)

$(READY): pyproject.toml tools/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "cognito_mp needs Python 3.10 or newer: install it, or name one with PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python can't make a virtual environment: on Debian, apt install python3-venv"; exit 1; }
	@echo "installing the host side into $(VENV) (a minute, the first time) ..."
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable . --editable './tools[test,lint,release,docs]'
	@touch $@

demo: $(READY)  ## a watch signs in, loses power, and is still signed in
	@$(RUN) cognito_mp_tools.local.demo

test: $(READY)  ## the tests that need no emulator and no browser, but for what takes long
	$(RUN) pytest --numprocesses auto --dist worksteal -m "not emulator and not browser and not native and not long"
	@echo "Left to make test-long: what takes long, on second versions of MicroPython and CircuitPython; sdists."

test-long: $(READY)  ## what takes long, on second versions of MicroPython and CircuitPython; sdists
	$(RUN) pytest --numprocesses auto --dist worksteal -m long

faults: $(READY)  ## what tries to lose a session; SEED=n replays a world, PART=name runs one part
	cd host_tests && ../$(RUN) faults $(if $(PART),--part $(PART)) $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS))

test-aws: $(READY)  ## what devices do, against AWS itself, with your credentials (TRIAL="--local ministack": here)
	@$(RUN) cognito_mp_tools.pool.aws_trial $(TRIAL)

lint: $(READY)  ## ruff, and mypy against the MicroPython stubs of each port
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(RUN) cognito_mp_tools.type_check

size: $(READY)  ## bytes of each module as .mpy
	@$(RUN) cognito_mp_tools.library.mpy_size

test-page: $(READY)  ## the sign-in page in Chromium (Debian: chromium, chromium-driver), and Improv
	$(RUN) pytest -m browser

page-pictures: $(READY)  ## draw docs/sign_in_page anew, with Chromium
	@$(VENV)/bin/python host_tests/firmware/page_gallery.py

diagrams: $(READY)  ## draw docs/diagrams anew, with npm's mermaid in Chromium
	@$(RUN) cognito_mp_tools.site.diagrams

bench: $(READY)  ## what it costs, side by side with what you would pick instead: docs/bench.md (20 minutes)
	@cd host_tests && ../$(RUN) bench

figures: $(READY)  ## write what tests are held to anew: recorded_figures.json, and AWS's models as they were read
	REWRITE_FIGURES=1 $(RUN) pytest host_tests/test_figures.py host_tests/fake_cognito_tests/test_service_model.py \
		host_tests/rp2040/test_srp_on_chip.py -k "sizes or handshakes or read or products or takes"

test-rp2040: $(READY)  ## the tests on an emulated RP2040
	@$(RUN) cognito_mp_tools.emulator.programs
	$(RUN) pytest --numprocesses 2 --dist loadfile -m emulator

test-native: $(READY)  ## SRP's machine code for Xtensa and RISC-V, in QEMU and in interpreters
	@$(RUN) cognito_mp_tools.firmware.rv32_firmware --require
	$(RUN) pytest --numprocesses 2 -m native

site: $(READY)  ## the documentation as a site, in build/site
	@$(RUN) cognito_mp_tools.site.pages

dist: $(READY)  ## wheels, an index for mip, a bundle for circup, in dist/
	@$(RUN) cognito_mp_tools.release

release: $(READY)  ## the same from a clean checkout, with digests and an SBOM; uploads nothing
	@$(RUN) cognito_mp_tools.release --final

firmware: $(READY)  ## firmware for BOARD=, from MICROPYTHON_SRC= (the emulated RP2040 needs none)
	@$(RUN) cognito_mp_tools.firmware.board_firmware $(BOARD)

emulate: $(READY)  ## the REPL of an emulated RP2040, a local Cognito behind it
	@$(RUN) cognito_mp_tools.emulator.emulate

clean:  ## remove all that was built or installed
	rm -rf $(VENV) build tools/emulator/node_modules
