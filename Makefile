# SPDX-License-Identifier: GPL-2.0-or-later
# The front door for those who type make.  KDIR= is the kernel to build the
# module for, DESTDIR= where to install.
KDIR ?= /lib/modules/$(shell uname -r)/build
BUILD ?= build
# meson asks dpkg-dev for Debian's folder of libraries; not everybody has that
LIBDIR ?= lib/$(shell $(CC) -print-multiarch)
# Debian's kernel.release of 6.1 names the upstream version, this does not.
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)".*/\1/p' "$(KDIR)/include/generated/utsrelease.h")
MODDIR = $(DESTDIR)/lib/modules/$(RELEASE)/extra

all: $(BUILD)/build.ninja
	meson compile -C $(BUILD)

$(BUILD)/build.ninja:
	meson setup --prefix=/usr --libdir=$(LIBDIR) --sysconfdir=/etc --localstatedir=/var $(BUILD)

# kbuild wants a path without spaces: ./run builds in a copy that has none
modules:
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" CONFIG_BACS=m modules

check demo:
	./run $@

bench:
	tests/bench/run

install: all
	meson install -C $(BUILD) $(if $(DESTDIR),--destdir "$(abspath $(DESTDIR))")
	[ ! -e driver/bacs.ko ] || install -D -m 644 driver/bacs.ko "$(MODDIR)/bacs.ko"
ifeq ($(DESTDIR),)
	ldconfig
	[ ! -e driver/bacs.ko ] || depmod "$(RELEASE)"
	systemd-sysusers
	journalctl --update-catalog
	[ ! -d /run/systemd/system ] || { systemctl daemon-reload; udevadm control --reload; }
endif

clean:
	rm -rf $(BUILD)
	[ ! -e driver/.bacs.ko.cmd ] || $(MAKE) -C "$(KDIR)" M="$(CURDIR)" clean

.PHONY: all modules check demo bench install clean
